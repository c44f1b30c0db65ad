//! Twilio, which signs the URL and the form.

use countersign::receiver::Receiver;

use crate::senders::TWILIO;
use crate::{Case, Expected};

pub(super) fn cases() -> Vec<Case> {
    let genuine = || TWILIO.genuine();
    let another = |target: &str| genuine().with_target(target);
    let typed = |content_type: &str| genuine().with("content-type", content_type);
    let at = |origin: &str| {
        let origin = origin.to_owned();
        move |receiver: Receiver| receiver.to_builder().with_public_url(origin).build().unwrap()
    };
    let case = |what: &str, request, expected| Case::new(what, &TWILIO, request, expected);
    vec![
        case("another path than was signed", another("/webhooks/twilio?from=table"), MISMATCH),
        case("another query than was signed", another("/webhooks/twilio-form?from=elsewhere"), MISMATCH),
        case("no query", another("/webhooks/twilio-form"), MISMATCH),
        case("another origin", genuine(), MISMATCH).with_receiver(at("https://hooks.example.org")),
        case("another scheme", genuine(), MISMATCH).with_receiver(at("http://hooks.example.com")),
        case("an origin with a slash", genuine(), TWILIO.handled())
            .with_receiver(at("https://hooks.example.com/")),
        // Twilio's clients differ in whether they sign the port.
        case("the default port", genuine(), TWILIO.handled())
            .with_receiver(at("https://hooks.example.com:443")),
        case("JSON", typed("application/json"), UNSUPPORTED),
        case("a form of several parts", typed("multipart/form-data; boundary=x"), UNSUPPORTED),
        case("a content type in upper case", typed("APPLICATION/X-WWW-FORM-URLENCODED"), TWILIO.handled()),
        case("no content type", genuine().without("content-type"), TWILIO.handled()),
        case(
            "another value in a field",
            genuine().map_body(|body| {
                *body = String::from_utf8(body.clone()).unwrap().replace("SM1", "SM2").into_bytes();
            }),
            MISMATCH,
        ),
    ]
}

const MISMATCH: Expected = Expected::rejected(401, "signature_mismatch");
const UNSUPPORTED: Expected = Expected::rejected(415, "unsupported_content_type");
