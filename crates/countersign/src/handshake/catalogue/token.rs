//! Handshakes with a token that the receiver was given, or with an origin that it allows.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;
use crate::scheme::text;

/// Meta: Facebook, Instagram, WhatsApp, Threads.
pub const META: &[Handshake] = &[Handshake {
    name: text("subscription"),
    doc: text("developers.facebook.com/docs/graph-api/webhooks/getting-started, as read in other receivers"),
    confidence: Confidence::Secondary,
    trust: Trust::Token(Place::query("hub.verify_token")),
    method: Method::Get,
    when: Condition::all(
        const {
            &[
                Condition::equals(Place::query("hub.mode"), "subscribe"),
                Condition::present(Place::query("hub.challenge")),
            ]
        },
    ),
    answer: Some(Answer::text("{query:hub.challenge}")),
    challenge: None,
    refused: None,
}];

/// Strava: like Meta, with an answer in JSON. Its events are not signed.
pub const STRAVA: &[Handshake] = &[Handshake {
    name: text("subscription"),
    doc: text("developers.strava.com/docs/webhooks, as read in other receivers"),
    confidence: Confidence::Secondary,
    trust: Trust::Token(Place::query("hub.verify_token")),
    method: Method::Get,
    when: Condition::all(
        const {
            &[
                Condition::equals(Place::query("hub.mode"), "subscribe"),
                Condition::present(Place::query("hub.challenge")),
            ]
        },
    ),
    answer: Some(Answer::json(r#"{{"hub.challenge":"{query:hub.challenge}"}}"#)),
    challenge: None,
    refused: None,
}];

/// WebSub, including YouTube: the topic is the token. A subscription to another topic is answered with 404.
pub const WEBSUB: &[Handshake] = &[Handshake {
    name: text("intent"),
    doc: text("w3.org/TR/websub section 5.3; hookdeck.com/docs/authentication"),
    confidence: Confidence::Secondary,
    trust: Trust::Token(Place::query("hub.topic")),
    method: Method::Get,
    when: Condition::all(
        const {
            &[Condition::present(Place::query("hub.mode")), Condition::present(Place::query("hub.challenge"))]
        },
    ),
    answer: Some(Answer::text("{query:hub.challenge}")),
    challenge: None,
    refused: Some(404),
}];

/// Fitbit sends two requests, one with the right code and one with a wrong code, which must get a 404.
pub const FITBIT: &[Handshake] = &[Handshake {
    name: text("verify"),
    doc: text("dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions"),
    confidence: Confidence::Memory,
    trust: Trust::Token(Place::query("verify")),
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("verify"))] }),
    answer: Some(Answer::status(204)),
    challenge: None,
    refused: Some(404),
}];

/// Lark and Feishu without an encrypt key: the verification token is in the body.
pub const LARK: &[Handshake] = &[Handshake {
    name: text("url_verification"),
    doc: text("larksuite/node-sdk dispatcher/request-handle.ts"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Token(Place::json("/token")),
    method: Method::Post,
    when: Condition::all(
        const {
            &[
                Condition::equals(Place::json("/type"), "url_verification"),
                Condition::present(Place::json("/challenge")),
            ]
        },
    ),
    answer: Some(Answer::json(r#"{{"challenge":"{json:/challenge}"}}"#)),
    challenge: None,
    refused: None,
}];

/// Adobe Acrobat Sign: the token is the id of the application, and is sent back.
pub const ADOBE_SIGN: &[Handshake] = &[Handshake {
    name: text("intent"),
    doc: text("helpx.adobe.com/sign/developer/webhook; as read in other receivers"),
    confidence: Confidence::Secondary,
    trust: Trust::Token(Place::header("x-adobesign-clientid")),
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::header("x-adobesign-clientid"))] }),
    answer: Some(Answer::headers_and_json(
        const { &[AnswerHeader::new("x-adobesign-clientid", "{header:x-adobesign-clientid}")] },
        r#"{{"xAdobeSignClientId":"{header:x-adobesign-clientid}"}}"#,
    )),
    challenge: None,
    refused: None,
}];

/// Oura: a verification token chosen by the receiver, and a challenge.
pub const OURA: &[Handshake] = &[Handshake {
    name: text("verification"),
    doc: text("cloud.ouraring.com/v2/docs, as read by hookdeck/webhook-skills"),
    confidence: Confidence::Secondary,
    trust: Trust::Token(Place::query("verification_token")),
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("challenge"))] }),
    answer: Some(Answer::json(r#"{{"challenge":"{query:challenge}"}}"#)),
    challenge: None,
    refused: None,
}];

/// CloudEvents over HTTP: the sender asks whether it may deliver. The rate is unlimited, unless the setting
/// `allowed_rate` limits the requests per minute.
pub const CLOUDEVENTS: &[Handshake] = &[Handshake {
    name: text("validation"),
    doc: text("cloudevents/spec cloudevents/http-webhook.md section 4"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Origin(Place::header("webhook-request-origin")),
    method: Method::Options,
    when: Condition::all(const { &[Condition::present(Place::header("webhook-request-origin"))] }),
    answer: Some(Answer::headers(
        200,
        const {
            &[
                AnswerHeader::new("webhook-allowed-origin", "{header:webhook-request-origin}"),
                AnswerHeader::new("webhook-allowed-rate", "{setting:allowed_rate|*}"),
                AnswerHeader::new("allow", "POST"),
            ]
        },
    )),
    challenge: None,
    refused: None,
}];

/// Azure Event Grid: a validation event, and the handshake of [`CLOUDEVENTS`], depending on the schema.
pub const EVENT_GRID: &[Handshake] = &[
    Handshake {
        name: text("subscription_validation"),
        doc: text("learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema"),
        confidence: Confidence::OfficialDocs,
        trust: Trust::Echo,
        method: Method::Post,
        when: Condition::all(
            const {
                &[
                    Condition::equals(Place::header("aeg-event-type"), "SubscriptionValidation"),
                    Condition::present(Place::json("/0/data/validationCode")),
                ]
            },
        ),
        answer: Some(Answer::json(r#"{{"validationResponse":"{json:/0/data/validationCode}"}}"#)),
        challenge: None,
        refused: None,
    },
    Handshake {
        name: text("validation"),
        doc: text("learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema"),
        confidence: Confidence::OfficialDocs,
        trust: Trust::Origin(Place::header("webhook-request-origin")),
        method: Method::Options,
        when: Condition::all(const { &[Condition::present(Place::header("webhook-request-origin"))] }),
        answer: Some(Answer::headers(
            200,
            const {
                &[
                    AnswerHeader::new("webhook-allowed-origin", "{header:webhook-request-origin}"),
                    AnswerHeader::new("webhook-allowed-rate", "{setting:allowed_rate|*}"),
                    AnswerHeader::new("allow", "POST"),
                ]
            },
        )),
        challenge: None,
        refused: None,
    },
];
