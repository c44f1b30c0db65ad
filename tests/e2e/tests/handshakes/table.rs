//! The table of handshakes.

use countersign::receiver::{HandshakePolicy, IssuedSecret, Receiver};
use countersign::{RejectionStyle, Verifier, providers};
use countersign_tests::Request;
use countersign_tests::stacks::HANDLED;
use http::Method;

use crate::support::{NOW, get, github, post, provider, receiver, request, secret, signed_by, token};

/// A request, and the response that every framework must give.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) receiver: Receiver,
    pub(crate) request: Request,
    pub(crate) status: u16,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: String,
}

fn case(
    name: &'static str,
    receiver: Receiver,
    request: Request,
    (status, headers, body): (u16, &'static [(&'static str, &'static str)], &str),
) -> Case {
    Case { name, receiver, request, status, headers, body: body.to_owned() }
}

const TEXT: &[(&str, &str)] = &[("content-type", "text/plain"), ("x-content-type-options", "nosniff")];
const JSON: &[(&str, &str)] = &[("content-type", "application/json"), ("x-content-type-options", "nosniff")];
const PROBLEM: &[(&str, &str)] = &[("content-type", "application/problem+json")];
const MISSING: (u16, &[(&str, &str)], &str) = (400, PROBLEM, r#"{"title":"missing_signature","status":400}"#);
const MISMATCH: (u16, &[(&str, &str)], &str) =
    (401, PROBLEM, r#"{"title":"signature_mismatch","status":401}"#);
const REFUSED: (u16, &[(&str, &str)], &str) = (403, PROBLEM, r#"{"title":"handshake_refused","status":403}"#);
const MALFORMED: (u16, &[(&str, &str)], &str) =
    (400, PROBLEM, r#"{"title":"malformed_handshake","status":400}"#);

/// Returns all cases.
pub(crate) fn cases() -> Vec<Case> {
    [signed_cases(), token_cases(), echo_cases(), other_cases()].into_iter().flatten().collect()
}

fn signed_cases() -> Vec<Case> {
    let slack = || {
        Receiver::builder(Verifier::new(&providers::SLACK, secret()).unwrap())
            .with_clock(NOW)
            .build()
            .unwrap()
    };
    let verification = r#"{"token":"x","challenge":"3eZb","type":"url_verification"}"#;
    let signed = || signed_by(providers::SLACK.clone(), verification);
    let event = r#"{"type":"event_callback","event":{"type":"message"}}"#;
    let styled = provider(providers::XERO_HANDSHAKES)
        .with_responses(RejectionStyle::DEFAULT.with_rejection(401).with_empty_rejection());
    let xero = || receiver(styled.clone(), secret());
    let intent = r#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3"}"#;
    vec![
        case("signed: answered", slack(), signed(), (200, TEXT, "3eZb")),
        case("signed: answered in chunks", slack(), signed().in_chunks_of(7), (200, TEXT, "3eZb")),
        case("signed: tampered", slack(), signed().map_body(|body| body.make_ascii_uppercase()), MISMATCH),
        case("signed: unsigned", slack(), post(verification), MISSING),
        case(
            "signed: a delivery is the handler's",
            slack(),
            signed_by(providers::SLACK.clone(), event),
            (200, &[], HANDLED),
        ),
        case("signed: an empty answer", xero(), signed_by(styled.clone(), intent), (200, &[], "")),
        case(
            "signed: an empty refusal",
            xero(),
            signed_by(styled.clone(), intent).map_body(|body| body.push(b' ')),
            (401, &[], ""),
        ),
        case("signed: an empty refusal without a signature", xero(), post(intent), (401, &[], "")),
    ]
}

fn token_cases() -> Vec<Case> {
    let meta = || github(providers::META_HANDSHAKES);
    let asked =
        |token: &str| get(&format!("?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=11%2B5"));
    let events = || github(providers::CLOUDEVENTS_HANDSHAKES);
    let origin = || request(Method::OPTIONS, "", "").with("webhook-request-origin", "events.example.com");
    let allowed = HandshakePolicy::new().with_allowed_origin("events.example.com");
    let lark = r#"{"type":"url_verification","token":"t","challenge":"c"}"#;
    vec![
        case(
            "token: answered",
            meta().to_builder().with_handshakes(token("t")).build().unwrap(),
            asked("t"),
            (200, TEXT, "11+5"),
        ),
        case(
            "token: wrong",
            meta().to_builder().with_handshakes(token("t")).build().unwrap(),
            asked("x"),
            REFUSED,
        ),
        case(
            "token: missing",
            meta().to_builder().with_handshakes(token("t")).build().unwrap(),
            asked(""),
            REFUSED,
        ),
        case("token: not configured", meta(), asked("t"), MISSING),
        case(
            "token: another mode",
            meta().to_builder().with_handshakes(token("t")).build().unwrap(),
            get("?hub.mode=x"),
            MISSING,
        ),
        case(
            "token: another status for the wrong one",
            github(providers::FITBIT_HANDSHAKES).to_builder().with_handshakes(token("t")).build().unwrap(),
            get("?verify=x"),
            (404, PROBLEM, r#"{"title":"handshake_refused","status":404}"#),
        ),
        case(
            "token: in the body",
            github(providers::LARK_HANDSHAKES).to_builder().with_handshakes(token("t")).build().unwrap(),
            post(lark),
            (200, JSON, r#"{"challenge":"c"}"#),
        ),
        case(
            "token: wrong in the body",
            github(providers::LARK_HANDSHAKES).to_builder().with_handshakes(token("x")).build().unwrap(),
            post(lark),
            REFUSED,
        ),
        case(
            "origin: allowed",
            events().to_builder().with_handshakes(allowed.clone()).build().unwrap(),
            origin(),
            (200, &[("webhook-allowed-origin", "events.example.com"), ("webhook-allowed-rate", "*")], ""),
        ),
        case(
            "origin: not allowed",
            events().to_builder().with_handshakes(allowed).build().unwrap(),
            origin().with("webhook-request-origin", "evil.example"),
            REFUSED,
        ),
        case("origin: not configured", events(), origin(), MISSING),
    ]
}

fn echo_cases() -> Vec<Case> {
    let echo = |handshakes| {
        github(handshakes).to_builder().with_handshakes(HandshakePolicy::new().with_echo()).build().unwrap()
    };
    let html = "?challenge=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let long = format!("?challenge={}", "x".repeat(1025));
    let token = "?validationToken=Validation%3A+Testing%20it";
    let code = r#"[{"data":{"validationCode":"51\"2A"}}]"#;
    let validation = || post(code).with("aeg-event-type", "SubscriptionValidation");
    vec![
        case(
            "echo: answered",
            echo(providers::DROPBOX_HANDSHAKES),
            get("?challenge=abc"),
            (200, TEXT, "abc"),
        ),
        case("echo: not configured", github(providers::DROPBOX_HANDSHAKES), get("?challenge=abc"), MISSING),
        case(
            "echo: HTML stays text",
            echo(providers::DROPBOX_HANDSHAKES),
            get(html),
            (200, TEXT, "<script>alert(1)</script>"),
        ),
        case("echo: too long", echo(providers::DROPBOX_HANDSHAKES), get(&long), MALFORMED),
        case("echo: no challenge", echo(providers::DROPBOX_HANDSHAKES), get(""), MISSING),
        case(
            "echo: another method",
            echo(providers::DROPBOX_HANDSHAKES),
            request(Method::PUT, html, ""),
            MISSING,
        ),
        case(
            "echo: before anything is read of the body",
            echo(providers::MS_GRAPH_HANDSHAKES),
            request(Method::POST, token, "x").without_body(),
            (200, TEXT, "Validation: Testing it"),
        ),
        case(
            "echo: of a header",
            echo(providers::OKTA_HANDSHAKES),
            get("").with("x-okta-verification-challenge", "a\"b"),
            (200, JSON, r#"{"verification":"a\"b"}"#),
        ),
        case(
            "echo: in a header",
            echo(providers::RINGCENTRAL_HANDSHAKES),
            post("").with("validation-token", "abc"),
            (200, &[("validation-token", "abc")], ""),
        ),
        case("echo: HEAD", echo(providers::TRELLO_HANDSHAKES), request(Method::HEAD, "", ""), (200, &[], "")),
        case(
            "echo: HEAD, not configured",
            github(providers::TRELLO_HANDSHAKES),
            request(Method::HEAD, "", ""),
            MISSING,
        ),
        case("echo: of a body", echo(providers::EVENT_GRID_HANDSHAKES), validation(), {
            (200, JSON, r#"{"validationResponse":"51\"2A"}"#)
        }),
        case(
            "echo: of a body, not configured",
            github(providers::EVENT_GRID_HANDSHAKES),
            validation(),
            MISSING,
        ),
        case("echo: another body", echo(providers::MONDAY_HANDSHAKES), post("{}"), MISSING),
        case(
            "echo: a body that does not come",
            echo(providers::MONDAY_HANDSHAKES),
            post("{}").stalling(),
            (408, PROBLEM, r#"{"title":"body_timeout","status":408}"#),
        ),
        case(
            "echo: a form",
            echo(providers::WOOCOMMERCE_HANDSHAKES),
            post("webhook_id=7").with("content-type", "application/x-www-form-urlencoded"),
            (200, &[], ""),
        ),
        case(
            "echo: a delivery is the handler's",
            echo(providers::MONDAY_HANDSHAKES),
            signed_by(provider(providers::MONDAY_HANDSHAKES), r#"{"event":{}}"#),
            (200, &[], HANDLED),
        ),
    ]
}

fn other_cases() -> Vec<Case> {
    let crc = r#"{"response_token":"sha256=oeUF6Wxqoezggrue+wbIDxKRPSF6esKwizR2MHh9HaA="}"#;
    let hook = || post("{}").with("x-hook-secret", "s");
    vec![
        case(
            "secret: proved",
            github(providers::X_TWITTER_HANDSHAKES),
            get("?crc_token=challenge"),
            (200, JSON, crc),
        ),
        case(
            "secret: not everything is set",
            github(providers::EBAY_HANDSHAKES),
            get("?challenge_code=c"),
            MISSING,
        ),
        case("issuing: without a sink", github(providers::ASANA_HANDSHAKES), hook(), MISSING),
        case(
            "issuing: one is known",
            github(providers::ASANA_HANDSHAKES)
                .to_builder()
                .with_handshakes(HandshakePolicy::new().with_secret_sink(async |_: IssuedSecret| Ok(())))
                .build()
                .unwrap(),
            hook(),
            REFUSED,
        ),
    ]
}
