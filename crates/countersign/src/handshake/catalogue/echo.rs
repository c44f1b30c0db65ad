//! Handshakes that any sender can start: the value is sent back, or a bare 200.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;

/// Dropbox.
pub const DROPBOX: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialDocs, "dropbox.com/developers/reference/webhooks")
    .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
    .with_answer(Answer::text("{query:challenge}"))];

/// Microsoft Graph and SharePoint: within 10 s, decoded, as plain text.
pub const MS_GRAPH: &[Handshake] = &[Handshake::new("validation_token", Trust::Echo, Method::Post)
    .with_source(Confidence::OfficialDocs, "learn.microsoft.com/graph/change-notifications-delivery-webhooks")
    .with_conditions(const { &[Condition::present(Place::query("validationToken"))] })
    .with_answer(Answer::text("{query:validationToken}"))];

/// Okta event hooks.
pub const OKTA: &[Handshake] = &[Handshake::new("verification", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialDocs, "developer.okta.com/docs/concepts/event-hooks")
    .with_conditions(const { &[Condition::present(Place::header("x-okta-verification-challenge"))] })
    .with_answer(Answer::json(r#"{{"verification":"{header:x-okta-verification-challenge}"}}"#))];

/// Nylas, version 3: the challenge and nothing else.
pub const NYLAS: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Get)
    .with_source(Confidence::Secondary, "developer.nylas.com/docs/v3/notifications; nylas/nylas-nodejs")
    .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
    .with_answer(Answer::text("{query:challenge}"))];

/// Onfleet: requires 200 (not 204) within 10 s.
pub const ONFLEET: &[Handshake] = &[Handshake::new("check", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialDocs, "docs.onfleet.com/reference/validation")
    .with_conditions(const { &[Condition::present(Place::query("check"))] })
    .with_answer(Answer::text("{query:check}"))];

/// RingCentral: the header is sent back. Its deliveries may have the header, too, but contain an `event`.
pub const RINGCENTRAL: &[Handshake] = &[Handshake::new("validation_token", Trust::Echo, Method::Post)
    .with_source(
        Confidence::OfficialDocs,
        "developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks",
    )
    .with_conditions(
        const {
            &[Condition::present(Place::header("validation-token")), Condition::absent(Place::json("/event"))]
        },
    )
    .with_answer(Answer::headers(
        200,
        const { &[AnswerHeader::new("validation-token", "{header:validation-token}")] },
    ))];

/// monday.com: the body is sent back.
pub const MONDAY: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Post)
    .with_source(Confidence::OfficialDocs, "developer.monday.com/api-reference/docs/webhooks")
    .with_conditions(const { &[Condition::present(Place::json("/challenge"))] })
    .with_answer(Answer::json(r#"{{"challenge":"{json:/challenge}"}}"#))];

/// Adobe I/O Events.
pub const ADOBE_IO: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialCode, "developer.adobe.com/events/docs/guides; adobe/aio-lib-events")
    .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
    .with_answer(Answer::text("{query:challenge}"))];

/// Worldline, formerly Ingenico: the header is sent back as the body.
pub const WORLDLINE: &[Handshake] = &[Handshake::new("endpoint_verification", Trust::Echo, Method::Get)
    .with_source(
        Confidence::Secondary,
        "docs.connect.worldline-solutions.com, webhooks; as read in other receivers",
    )
    .with_conditions(const { &[Condition::present(Place::header("x-gcs-webhooks-endpoint-verification"))] })
    .with_answer(Answer::text("{header:x-gcs-webhooks-endpoint-verification}"))];

/// Smartsheet: at the start, and again after every hundred callbacks.
pub const SMARTSHEET: &[Handshake] = &[Handshake::new("verification", Trust::Echo, Method::Post)
    .with_source(
        Confidence::OfficialDocs,
        "developers.smartsheet.com/api/smartsheet/guides/webhooks/webhook-verification",
    )
    .with_conditions(const { &[Condition::present(Place::header("smartsheet-hook-challenge"))] })
    .with_answer(Answer::headers_and_json(
        const { &[AnswerHeader::new("smartsheet-hook-response", "{header:smartsheet-hook-challenge}")] },
        r#"{{"smartsheetHookResponse":"{header:smartsheet-hook-challenge}"}}"#,
    ))];

/// Trello.
pub const TRELLO: &[Handshake] = &[Handshake::new("head", Trust::Echo, Method::Head)
    .with_source(
        Confidence::Secondary,
        "developer.atlassian.com/cloud/trello/guides/rest-api/webhooks; aspnet/AspNetWebHooks",
    )
    .with_conditions(const { &[] })
    .with_answer(Answer::status(200))];

/// Mandrill: a HEAD, and an empty delivery that is signed with a key which is not the endpoint's.
pub const MANDRILL: &[Handshake] = &[
    Handshake::new("head", Trust::Echo, Method::Head)
        .with_source(
            Confidence::OfficialDocs,
            "mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks",
        )
        .with_conditions(const { &[] })
        .with_answer(Answer::status(200)),
    Handshake::new("test", Trust::Echo, Method::Post)
        .with_source(
            Confidence::OfficialDocs,
            "mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks",
        )
        .with_conditions(const { &[Condition::equals(Place::form("mandrill_events"), "[]")] })
        .with_answer(Answer::status(200)),
];

/// Mailchimp Marketing.
pub const MAILCHIMP: &[Handshake] = &[Handshake::new("get", Trust::Echo, Method::Get).with_source(Confidence::Secondary, "mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks, as read by hookdeck/webhook-skills").with_conditions(const { &[] }).with_answer(Answer::status(200))];

/// WooCommerce: a form with the id of the webhook.
pub const WOOCOMMERCE: &[Handshake] = &[Handshake::new("ping", Trust::Echo, Method::Post)
    .with_source(Confidence::Secondary, "woocommerce/woocommerce includes/class-wc-webhook.php")
    .with_conditions(const { &[Condition::present(Place::form("webhook_id"))] })
    .with_answer(Answer::status(200))];

/// Bitbucket Data Center: the test of a connection.
pub const BITBUCKET: &[Handshake] = &[Handshake::new("diagnostics:ping", Trust::Echo, Method::Post)
    .with_source(Confidence::Secondary, "confluence.atlassian.com/bitbucketserver/manage-webhooks")
    .with_conditions(const { &[Condition::equals(Place::header("x-event-key"), "diagnostics:ping")] })
    .with_answer(Answer::status(200))];
