//! Handshakes with a token that the receiver was given, or with an origin that it allows.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;

/// Meta: Facebook, Instagram, WhatsApp, Threads.
pub const META: &[Handshake] =
    &[Handshake::new("subscription", Trust::Token(Place::query("hub.verify_token")), Method::Get)
        .with_source(
            Confidence::Secondary,
            "developers.facebook.com/docs/graph-api/webhooks/getting-started, as read in other receivers",
        )
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::query("hub.mode"), "subscribe"),
                    Condition::present(Place::query("hub.challenge")),
                ]
            },
        )
        .with_answer(Answer::text("{query:hub.challenge}"))];

/// Strava: like Meta, with an answer in JSON. Its events are not signed.
pub const STRAVA: &[Handshake] =
    &[Handshake::new("subscription", Trust::Token(Place::query("hub.verify_token")), Method::Get)
        .with_source(Confidence::Secondary, "developers.strava.com/docs/webhooks, as read in other receivers")
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::query("hub.mode"), "subscribe"),
                    Condition::present(Place::query("hub.challenge")),
                ]
            },
        )
        .with_answer(Answer::json(r#"{{"hub.challenge":"{query:hub.challenge}"}}"#))];

/// WebSub, including YouTube: the topic is the token. A subscription to another topic is answered with 404.
pub const WEBSUB: &[Handshake] =
    &[Handshake::new("intent", Trust::Token(Place::query("hub.topic")), Method::Get)
        .with_source(Confidence::Secondary, "w3.org/TR/websub section 5.3; hookdeck.com/docs/authentication")
        .with_conditions(
            const {
                &[
                    Condition::present(Place::query("hub.mode")),
                    Condition::present(Place::query("hub.challenge")),
                ]
            },
        )
        .with_answer(Answer::text("{query:hub.challenge}"))
        .with_refusal(404)];

/// Fitbit sends two requests, one with the right code and one with a wrong code, which must get a 404.
pub const FITBIT: &[Handshake] =
    &[Handshake::new("verify", Trust::Token(Place::query("verify")), Method::Get)
        .with_source(
            Confidence::Memory,
            "dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions",
        )
        .with_conditions(const { &[Condition::present(Place::query("verify"))] })
        .with_answer(Answer::status(204))
        .with_refusal(404)];

/// Lark and Feishu without an encrypt key: the verification token is in the body.
pub const LARK: &[Handshake] =
    &[Handshake::new("url_verification", Trust::Token(Place::json("/token")), Method::Post)
        .with_source(Confidence::OfficialCode, "larksuite/node-sdk dispatcher/request-handle.ts")
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::json("/type"), "url_verification"),
                    Condition::present(Place::json("/challenge")),
                ]
            },
        )
        .with_answer(Answer::json(r#"{{"challenge":"{json:/challenge}"}}"#))];

/// Adobe Acrobat Sign: the token is the id of the application, and is sent back.
pub const ADOBE_SIGN: &[Handshake] =
    &[Handshake::new("intent", Trust::Token(Place::header("x-adobesign-clientid")), Method::Get)
        .with_source(
            Confidence::Secondary,
            "helpx.adobe.com/sign/developer/webhook; as read in other receivers",
        )
        .with_conditions(const { &[Condition::present(Place::header("x-adobesign-clientid"))] })
        .with_answer(Answer::headers_and_json(
            const { &[AnswerHeader::new("x-adobesign-clientid", "{header:x-adobesign-clientid}")] },
            r#"{{"xAdobeSignClientId":"{header:x-adobesign-clientid}"}}"#,
        ))];

/// Oura: a verification token chosen by the receiver, and a challenge.
pub const OURA: &[Handshake] =
    &[Handshake::new("verification", Trust::Token(Place::query("verification_token")), Method::Get)
        .with_source(Confidence::Secondary, "cloud.ouraring.com/v2/docs, as read by hookdeck/webhook-skills")
        .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
        .with_answer(Answer::json(r#"{{"challenge":"{query:challenge}"}}"#))];

/// CloudEvents over HTTP: the sender asks whether it may deliver. The rate is unlimited, unless the setting
/// `allowed_rate` limits the requests per minute.
pub const CLOUDEVENTS: &[Handshake] =
    &[Handshake::new("validation", Trust::Origin(Place::header("webhook-request-origin")), Method::Options)
        .with_source(Confidence::OfficialCode, "cloudevents/spec cloudevents/http-webhook.md section 4")
        .with_conditions(const { &[Condition::present(Place::header("webhook-request-origin"))] })
        .with_answer(Answer::headers(
            200,
            const {
                &[
                    AnswerHeader::new("webhook-allowed-origin", "{header:webhook-request-origin}"),
                    AnswerHeader::new("webhook-allowed-rate", "{setting:allowed_rate|*}"),
                    AnswerHeader::new("allow", "POST"),
                ]
            },
        ))];

/// Azure Event Grid: a validation event, and the handshake of [`CLOUDEVENTS`], depending on the schema.
pub const EVENT_GRID: &[Handshake] = &[
    Handshake::new("subscription_validation", Trust::Echo, Method::Post)
        .with_source(
            Confidence::OfficialDocs,
            "learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema",
        )
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::header("aeg-event-type"), "SubscriptionValidation"),
                    Condition::present(Place::json("/0/data/validationCode")),
                ]
            },
        )
        .with_answer(Answer::json(r#"{{"validationResponse":"{json:/0/data/validationCode}"}}"#)),
    Handshake::new("validation", Trust::Origin(Place::header("webhook-request-origin")), Method::Options)
        .with_source(
            Confidence::OfficialDocs,
            "learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema",
        )
        .with_conditions(const { &[Condition::present(Place::header("webhook-request-origin"))] })
        .with_answer(Answer::headers(
            200,
            const {
                &[
                    AnswerHeader::new("webhook-allowed-origin", "{header:webhook-request-origin}"),
                    AnswerHeader::new("webhook-allowed-rate", "{setting:allowed_rate|*}"),
                    AnswerHeader::new("allow", "POST"),
                ]
            },
        )),
];
