//! Handshakes that are verified first, like deliveries.

use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;
use crate::scheme::text;

/// Slack: the Events API sends a signed `url_verification`. The `ssl_check` of slash commands is unsigned, and is
/// answered only if it is enabled.
pub const SLACK: &[Handshake] = &[
    Handshake {
        name: text("url_verification"),
        doc: text(
            "slackapi/bolt-js src/receivers/HTTPReceiver.ts; docs.slack.dev/reference/events/url_verification",
        ),
        confidence: Confidence::OfficialCode,
        trust: Trust::Signed,
        method: Method::Post,
        when: Condition::all(
            const {
                &[
                    Condition::equals(Place::json("/type"), "url_verification"),
                    Condition::present(Place::json("/challenge")),
                ]
            },
        ),
        answer: Some(Answer::text("{json:/challenge}")),
        challenge: None,
        refused: None,
    },
    Handshake {
        name: text("ssl_check"),
        doc: text("slackapi/bolt-js src/receivers/HTTPReceiver.ts"),
        confidence: Confidence::OfficialCode,
        trust: Trust::Echo,
        method: Method::Post,
        when: Condition::all(const { &[Condition::equals(Place::form("ssl_check"), "1")] }),
        answer: Some(Answer::status(200)),
        challenge: None,
        refused: None,
    },
];

/// Discord: interactions ping with type 1, webhook events with type 0. Both are signed, and Discord checks that a
/// wrong signature gets a 401: see [`Responses`](crate::Responses). An event of a webhook has type 1, too, and
/// contains an `event`.
pub const DISCORD: &[Handshake] = &[
    Handshake {
        name: text("interactions_ping"),
        doc: text(
            "docs.discord.com/developers/interactions/overview; discord/discord-interactions-js src/index.ts",
        ),
        confidence: Confidence::OfficialCode,
        trust: Trust::Signed,
        method: Method::Post,
        when: Condition::all(
            const {
                &[Condition::equals(Place::json("/type"), "1"), Condition::absent(Place::json("/event/type"))]
            },
        ),
        answer: Some(Answer::json(r#"{{"type":1}}"#)),
        challenge: None,
        refused: None,
    },
    Handshake {
        name: text("webhook_events_ping"),
        doc: text(
            "docs.discord.com/developers/events/webhook-events; discord/discord-interactions-js src/webhooks.ts",
        ),
        confidence: Confidence::OfficialDocs,
        trust: Trust::Signed,
        method: Method::Post,
        when: Condition::all(const { &[Condition::equals(Place::json("/type"), "0")] }),
        answer: Some(Answer::status(204)),
        challenge: None,
        refused: None,
    },
];

/// Zoom: signed, and the answer proves the secret once more. Repeated every 72 hours.
pub const ZOOM: &[Handshake] = &[Handshake {
    name: text("endpoint.url_validation"),
    doc: text("zoom/webhook-sample index.js; developers.zoom.us/docs/api/webhooks"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(
        const {
            &[
                Condition::equals(Place::json("/event"), "endpoint.url_validation"),
                Condition::present(Place::json("/payload/plainToken")),
            ]
        },
    ),
    answer: Some(Answer::json(
        r#"{{"plainToken":"{json:/payload/plainToken}","encryptedToken":"{hmac-sha256-hex:json:/payload/plainToken}"}}"#,
    )),
    challenge: None,
    refused: None,
}];

/// Twitch EventSub. The `revocation` of a subscription is a delivery, because the handler needs it.
pub const TWITCH: &[Handshake] = &[Handshake {
    name: text("webhook_callback_verification"),
    doc: text("dev.twitch.tv/docs/eventsub/handling-webhook-events"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(
        const {
            &[
                Condition::equals(
                    Place::header("twitch-eventsub-message-type"),
                    "webhook_callback_verification",
                ),
                Condition::present(Place::json("/challenge")),
            ]
        },
    ),
    answer: Some(Answer::text("{json:/challenge}")),
    challenge: None,
    refused: None,
}];

/// Xero: the intent to receive is an empty delivery, sent with correct and with wrong signatures. The former
/// expects an empty 200, the latter an empty 401: see [`Responses`](crate::Responses).
pub const XERO: &[Handshake] = &[Handshake {
    name: text("intent_to_receive"),
    doc: text(
        "developer.xero.com/documentation/guides/webhooks/configuring-your-server; payload as shown by prismatic.io",
    ),
    confidence: Confidence::Secondary,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(
        const {
            &[
                Condition::present(Place::json("/entropy")),
                Condition::equals(Place::json("/lastEventSequence"), "0"),
                Condition::absent(Place::json("/events/0/eventType")),
            ]
        },
    ),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];

/// Front: a signed `sync` with the challenge in a header.
pub const FRONT: &[Handshake] = &[Handshake {
    name: text("sync"),
    doc: text("dev.frontapp.com/docs/application-webhooks, as read in other receivers"),
    confidence: Confidence::Secondary,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::header("x-front-challenge"))] }),
    answer: Some(Answer::json(r#"{{"challenge":"{header:x-front-challenge}"}}"#)),
    challenge: None,
    refused: None,
}];

/// Tebex: a signed event like the others, answered with its id.
pub const TEBEX: &[Handshake] = &[Handshake {
    name: text("validation.webhook"),
    doc: text("docs.tebex.io/developers/webhooks/overview"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(
        const {
            &[
                Condition::equals(Place::json("/type"), "validation.webhook"),
                Condition::present(Place::json("/id")),
            ]
        },
    ),
    answer: Some(Answer::json(r#"{{"id":"{json:/id}"}}"#)),
    challenge: None,
    refused: None,
}];

/// LINE: the button `Verify` sends a signed delivery without events.
pub const LINE: &[Handshake] = &[Handshake {
    name: text("verify"),
    doc: text("developers.line.biz/en/docs/messaging-api/verify-webhook-url"),
    confidence: Confidence::Secondary,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(
        const {
            &[
                Condition::present(Place::json("/destination")),
                Condition::absent(Place::json("/events/0/type")),
            ]
        },
    ),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];

/// HCP Terraform: a signed run notification without a run, sent when a notification is saved.
pub const TERRAFORM_CLOUD: &[Handshake] = &[Handshake {
    name: text("verification"),
    doc: text("developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations"),
    confidence: Confidence::Memory,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(
        const { &[Condition::equals(Place::json("/notifications/0/trigger"), "verification")] },
    ),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];

/// Wise: a signed test delivery when a subscription is created.
pub const WISE: &[Handshake] = &[Handshake {
    name: text("test_notification"),
    doc: text("docs.wise.com/api-docs/features/webhooks-notifications"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Signed,
    method: Method::Post,
    when: Condition::all(const { &[Condition::equals(Place::header("x-test-notification"), "true")] }),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];
