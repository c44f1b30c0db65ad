//! Handshakes that are verified first, like deliveries.

use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;

/// Slack: the Events API sends a signed `url_verification`. The `ssl_check` of slash commands is unsigned, and is
/// answered only if it is enabled.
pub const SLACK: &[Handshake] = &[
    Handshake::new("url_verification", Trust::Signed, Method::Post).with_source(Confidence::OfficialCode, "slackapi/bolt-js src/receivers/HTTPReceiver.ts; docs.slack.dev/reference/events/url_verification").with_conditions(const {
                &[
                    Condition::equals(Place::json("/type"), "url_verification"),
                    Condition::present(Place::json("/challenge")),
                ]
            }).with_answer(Answer::text("{json:/challenge}")),
    Handshake::new("ssl_check", Trust::Echo, Method::Post).with_source(Confidence::OfficialCode, "slackapi/bolt-js src/receivers/HTTPReceiver.ts").with_conditions(const { &[Condition::equals(Place::form("ssl_check"), "1")] }).with_answer(Answer::status(200)),
];

/// Discord: interactions ping with type 1, webhook events with type 0. Both are signed, and Discord checks that a
/// wrong signature gets a 401: see [`Responses`](crate::Responses). An event of a webhook has type 1, too, and
/// contains an `event`.
pub const DISCORD: &[Handshake] = &[
    Handshake::new("interactions_ping", Trust::Signed, Method::Post).with_source(Confidence::OfficialCode, "docs.discord.com/developers/interactions/overview; discord/discord-interactions-js src/index.ts").with_conditions(const {
                &[Condition::equals(Place::json("/type"), "1"), Condition::absent(Place::json("/event/type"))]
            }).with_answer(Answer::json(r#"{{"type":1}}"#)),
    Handshake::new("webhook_events_ping", Trust::Signed, Method::Post).with_source(Confidence::OfficialDocs, "docs.discord.com/developers/events/webhook-events; discord/discord-interactions-js src/webhooks.ts").with_conditions(const { &[Condition::equals(Place::json("/type"), "0")] }).with_answer(Answer::status(204)),
];

/// Zoom: signed, and the answer proves the secret once more. Repeated every 72 hours.
pub const ZOOM: &[Handshake] = &[Handshake::new("endpoint.url_validation", Trust::Signed, Method::Post).with_source(Confidence::OfficialCode, "zoom/webhook-sample index.js; developers.zoom.us/docs/api/webhooks").with_conditions(const {
            &[
                Condition::equals(Place::json("/event"), "endpoint.url_validation"),
                Condition::present(Place::json("/payload/plainToken")),
            ]
        }).with_answer(Answer::json(
        r#"{{"plainToken":"{json:/payload/plainToken}","encryptedToken":"{hmac-sha256-hex:json:/payload/plainToken}"}}"#,
    ))];

/// Twitch EventSub. The `revocation` of a subscription is a delivery, because the handler needs it.
pub const TWITCH: &[Handshake] =
    &[Handshake::new("webhook_callback_verification", Trust::Signed, Method::Post)
        .with_source(Confidence::OfficialDocs, "dev.twitch.tv/docs/eventsub/handling-webhook-events")
        .with_conditions(
            const {
                &[
                    Condition::equals(
                        Place::header("twitch-eventsub-message-type"),
                        "webhook_callback_verification",
                    ),
                    Condition::present(Place::json("/challenge")),
                ]
            },
        )
        .with_answer(Answer::text("{json:/challenge}"))];

/// Xero: the intent to receive is an empty delivery, sent with correct and with wrong signatures. The former
/// expects an empty 200, the latter an empty 401: see [`Responses`](crate::Responses).
pub const XERO: &[Handshake] = &[Handshake::new("intent_to_receive", Trust::Signed, Method::Post).with_source(Confidence::Secondary, "developer.xero.com/documentation/guides/webhooks/configuring-your-server; payload as shown by prismatic.io").with_conditions(const {
            &[
                Condition::present(Place::json("/entropy")),
                Condition::equals(Place::json("/lastEventSequence"), "0"),
                Condition::absent(Place::json("/events/0/eventType")),
            ]
        }).with_answer(Answer::status(200))];

/// Front: a signed `sync` with the challenge in a header.
pub const FRONT: &[Handshake] = &[Handshake::new("sync", Trust::Signed, Method::Post)
    .with_source(
        Confidence::Secondary,
        "dev.frontapp.com/docs/application-webhooks, as read in other receivers",
    )
    .with_conditions(const { &[Condition::present(Place::header("x-front-challenge"))] })
    .with_answer(Answer::json(r#"{{"challenge":"{header:x-front-challenge}"}}"#))];

/// Tebex: a signed event like the others, answered with its id.
pub const TEBEX: &[Handshake] = &[Handshake::new("validation.webhook", Trust::Signed, Method::Post)
    .with_source(Confidence::OfficialDocs, "docs.tebex.io/developers/webhooks/overview")
    .with_conditions(
        const {
            &[
                Condition::equals(Place::json("/type"), "validation.webhook"),
                Condition::present(Place::json("/id")),
            ]
        },
    )
    .with_answer(Answer::json(r#"{{"id":"{json:/id}"}}"#))];

/// LINE: the button `Verify` sends a signed delivery without events.
pub const LINE: &[Handshake] = &[Handshake::new("verify", Trust::Signed, Method::Post)
    .with_source(Confidence::Secondary, "developers.line.biz/en/docs/messaging-api/verify-webhook-url")
    .with_conditions(
        const {
            &[
                Condition::present(Place::json("/destination")),
                Condition::absent(Place::json("/events/0/type")),
            ]
        },
    )
    .with_answer(Answer::status(200))];

/// HCP Terraform: a signed run notification without a run, sent when a notification is saved.
pub const TERRAFORM_CLOUD: &[Handshake] = &[Handshake::new("verification", Trust::Signed, Method::Post)
    .with_source(
        Confidence::Memory,
        "developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations",
    )
    .with_conditions(const { &[Condition::equals(Place::json("/notifications/0/trigger"), "verification")] })
    .with_answer(Answer::status(200))];

/// Wise: a signed test delivery when a subscription is created.
pub const WISE: &[Handshake] = &[Handshake::new("test_notification", Trust::Signed, Method::Post)
    .with_source(Confidence::OfficialCode, "docs.wise.com/api-docs/features/webhooks-notifications")
    .with_conditions(const { &[Condition::equals(Place::header("x-test-notification"), "true")] })
    .with_answer(Answer::status(200))];
