//! The handshakes of providers that sign nothing, and so have no declaration.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;

/// By slug.
pub(super) const HANDSHAKES: &[(&str, &[Handshake])] = &[
    ("adobe-sign", ADOBE_SIGN_HANDSHAKES),
    ("cloudevents", CLOUDEVENTS_HANDSHAKES),
    ("fastly", FASTLY_HANDSHAKES),
    ("mailchimp", MAILCHIMP_HANDSHAKES),
    ("oura", OURA_HANDSHAKES),
    ("rest-hooks", REST_HOOKS_HANDSHAKES),
    ("ringcentral", RINGCENTRAL_HANDSHAKES),
    ("smartsheet", SMARTSHEET_HANDSHAKES),
    ("strava", STRAVA_HANDSHAKES),
    ("websub", WEBSUB_HANDSHAKES),
];

/// Adobe Acrobat Sign: the token is the id of the application, and is sent back.
pub const ADOBE_SIGN_HANDSHAKES: &[Handshake] =
    &[Handshake::new("intent", Trust::VerifyToken(Place::header("x-adobesign-clientid")), Method::Get)
        .with_source(
            Confidence::Secondary,
            "helpx.adobe.com/sign/developer/webhook; as read in other receivers",
        )
        .with_conditions(const { &[Condition::present(Place::header("x-adobesign-clientid"))] })
        .with_answer(Answer::headers_and_json(
            const { &[AnswerHeader::new("x-adobesign-clientid", "{header:x-adobesign-clientid}")] },
            r#"{{"xAdobeSignClientId":"{header:x-adobesign-clientid}"}}"#,
        ))];

/// CloudEvents over HTTP: the sender asks whether it may deliver. The rate is unlimited, unless the setting
/// `allowed_rate` limits the requests per minute.
pub const CLOUDEVENTS_HANDSHAKES: &[Handshake] =
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

/// Fastly: requests the hash of the service id, the setting `service_id`, at a fixed path of the host.
pub const FASTLY_HANDSHAKES: &[Handshake] =
    &[Handshake::new("logging_challenge", Trust::Secret, Method::Get)
        .with_source(Confidence::OfficialDocs, "docs.fastly.com/en/guides/log-streaming-https")
        .with_conditions(const { &[Condition::equals(Place::Path, "/.well-known/fastly/logging/challenge")] })
        .with_answer(Answer::text("{sha256-hex:setting:service_id}"))];

/// Mailchimp Marketing.
pub const MAILCHIMP_HANDSHAKES: &[Handshake] = &[Handshake::new("get", Trust::Echo, Method::Get).with_source(Confidence::Secondary, "mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks, as read by hookdeck/webhook-skills").with_conditions(const { &[] }).with_answer(Answer::status(200))];

/// Oura: a verification token chosen by the receiver, and a challenge.
pub const OURA_HANDSHAKES: &[Handshake] =
    &[Handshake::new("verification", Trust::VerifyToken(Place::query("verification_token")), Method::Get)
        .with_source(Confidence::Secondary, "cloud.ouraring.com/v2/docs, as read by hookdeck/webhook-skills")
        .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
        .with_answer(Answer::json(r#"{{"challenge":"{query:challenge}"}}"#))];

/// REST Hooks, as specified by resthooks.org: like Asana.
pub const REST_HOOKS_HANDSHAKES: &[Handshake] =
    &[Handshake::new("x-hook-secret", Trust::IssuesSecret(Place::header("x-hook-secret")), Method::Post)
        .with_source(Confidence::Secondary, "resthooks.org/docs/security")
        .with_conditions(const { &[Condition::present(Place::header("x-hook-secret"))] })
        .with_answer(Answer::headers(
            200,
            const { &[AnswerHeader::new("x-hook-secret", "{header:x-hook-secret}")] },
        ))];

/// RingCentral: the header is sent back. Its deliveries may have the header, too, but contain an `event`.
pub const RINGCENTRAL_HANDSHAKES: &[Handshake] =
    &[Handshake::new("validation_token", Trust::Echo, Method::Post)
        .with_source(
            Confidence::OfficialDocs,
            "developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks",
        )
        .with_conditions(
            const {
                &[
                    Condition::present(Place::header("validation-token")),
                    Condition::absent(Place::json("/event")),
                ]
            },
        )
        .with_answer(Answer::headers(
            200,
            const { &[AnswerHeader::new("validation-token", "{header:validation-token}")] },
        ))];

/// Smartsheet: at the start, and again after every hundred callbacks.
pub const SMARTSHEET_HANDSHAKES: &[Handshake] = &[Handshake::new("verification", Trust::Echo, Method::Post)
    .with_source(
        Confidence::OfficialDocs,
        "developers.smartsheet.com/api/smartsheet/guides/webhooks/webhook-verification",
    )
    .with_conditions(const { &[Condition::present(Place::header("smartsheet-hook-challenge"))] })
    .with_answer(Answer::headers_and_json(
        const { &[AnswerHeader::new("smartsheet-hook-response", "{header:smartsheet-hook-challenge}")] },
        r#"{{"smartsheetHookResponse":"{header:smartsheet-hook-challenge}"}}"#,
    ))];

/// Strava: like Meta, with an answer in JSON. Its events are not signed.
pub const STRAVA_HANDSHAKES: &[Handshake] =
    &[Handshake::new("subscription", Trust::VerifyToken(Place::query("hub.verify_token")), Method::Get)
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
pub const WEBSUB_HANDSHAKES: &[Handshake] =
    &[Handshake::new("intent", Trust::VerifyToken(Place::query("hub.topic")), Method::Get)
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
