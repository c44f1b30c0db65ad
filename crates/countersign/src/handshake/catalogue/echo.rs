//! Handshakes that any sender can start: the value is sent back, or a bare 200.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;
use crate::scheme::text;

/// Dropbox.
pub const DROPBOX: &[Handshake] = &[Handshake {
    name: text("challenge"),
    doc: text("dropbox.com/developers/reference/webhooks"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("challenge"))] }),
    answer: Some(Answer::text("{query:challenge}")),
    challenge: None,
    refused: None,
}];

/// Microsoft Graph and SharePoint: within 10 s, decoded, as plain text.
pub const MS_GRAPH: &[Handshake] = &[Handshake {
    name: text("validation_token"),
    doc: text("learn.microsoft.com/graph/change-notifications-delivery-webhooks"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::query("validationToken"))] }),
    answer: Some(Answer::text("{query:validationToken}")),
    challenge: None,
    refused: None,
}];

/// Okta event hooks.
pub const OKTA: &[Handshake] = &[Handshake {
    name: text("verification"),
    doc: text("developer.okta.com/docs/concepts/event-hooks"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::header("x-okta-verification-challenge"))] }),
    answer: Some(Answer::json(r#"{{"verification":"{header:x-okta-verification-challenge}"}}"#)),
    challenge: None,
    refused: None,
}];

/// Nylas, version 3: the challenge and nothing else.
pub const NYLAS: &[Handshake] = &[Handshake {
    name: text("challenge"),
    doc: text("developer.nylas.com/docs/v3/notifications; nylas/nylas-nodejs"),
    confidence: Confidence::Secondary,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("challenge"))] }),
    answer: Some(Answer::text("{query:challenge}")),
    challenge: None,
    refused: None,
}];

/// Onfleet: requires 200 (not 204) within 10 s.
pub const ONFLEET: &[Handshake] = &[Handshake {
    name: text("check"),
    doc: text("docs.onfleet.com/reference/validation"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("check"))] }),
    answer: Some(Answer::text("{query:check}")),
    challenge: None,
    refused: None,
}];

/// RingCentral: the header is sent back. Its deliveries may have the header, too, but contain an `event`.
pub const RINGCENTRAL: &[Handshake] = &[Handshake {
    name: text("validation_token"),
    doc: text("developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Post,
    when: Condition::all(
        const {
            &[Condition::present(Place::header("validation-token")), Condition::absent(Place::json("/event"))]
        },
    ),
    answer: Some(Answer::headers(
        200,
        const { &[AnswerHeader::new("validation-token", "{header:validation-token}")] },
    )),
    challenge: None,
    refused: None,
}];

/// monday.com: the body is sent back.
pub const MONDAY: &[Handshake] = &[Handshake {
    name: text("challenge"),
    doc: text("developer.monday.com/api-reference/docs/webhooks"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::json("/challenge"))] }),
    answer: Some(Answer::json(r#"{{"challenge":"{json:/challenge}"}}"#)),
    challenge: None,
    refused: None,
}];

/// Adobe I/O Events.
pub const ADOBE_IO: &[Handshake] = &[Handshake {
    name: text("challenge"),
    doc: text("developer.adobe.com/events/docs/guides; adobe/aio-lib-events"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("challenge"))] }),
    answer: Some(Answer::text("{query:challenge}")),
    challenge: None,
    refused: None,
}];

/// Worldline, formerly Ingenico: the header is sent back as the body.
pub const WORLDLINE: &[Handshake] = &[Handshake {
    name: text("endpoint_verification"),
    doc: text("docs.connect.worldline-solutions.com, webhooks; as read in other receivers"),
    confidence: Confidence::Secondary,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(
        const { &[Condition::present(Place::header("x-gcs-webhooks-endpoint-verification"))] },
    ),
    answer: Some(Answer::text("{header:x-gcs-webhooks-endpoint-verification}")),
    challenge: None,
    refused: None,
}];

/// Smartsheet: at the start, and again after every hundred callbacks.
pub const SMARTSHEET: &[Handshake] = &[Handshake {
    name: text("verification"),
    doc: text("developers.smartsheet.com/api/smartsheet/guides/webhooks/webhook-verification"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Echo,
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::header("smartsheet-hook-challenge"))] }),
    answer: Some(Answer::headers_and_json(
        const { &[AnswerHeader::new("smartsheet-hook-response", "{header:smartsheet-hook-challenge}")] },
        r#"{{"smartsheetHookResponse":"{header:smartsheet-hook-challenge}"}}"#,
    )),
    challenge: None,
    refused: None,
}];

/// Trello.
pub const TRELLO: &[Handshake] = &[Handshake {
    name: text("head"),
    doc: text("developer.atlassian.com/cloud/trello/guides/rest-api/webhooks; aspnet/AspNetWebHooks"),
    confidence: Confidence::Secondary,
    trust: Trust::Echo,
    method: Method::Head,
    when: Condition::all(const { &[] }),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];

/// Mandrill: a HEAD, and an empty delivery that is signed with a key which is not the endpoint's.
pub const MANDRILL: &[Handshake] = &[
    Handshake {
        name: text("head"),
        doc: text("mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks"),
        confidence: Confidence::OfficialDocs,
        trust: Trust::Echo,
        method: Method::Head,
        when: Condition::all(const { &[] }),
        answer: Some(Answer::status(200)),
        challenge: None,
        refused: None,
    },
    Handshake {
        name: text("test"),
        doc: text("mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks"),
        confidence: Confidence::OfficialDocs,
        trust: Trust::Echo,
        method: Method::Post,
        when: Condition::all(const { &[Condition::equals(Place::form("mandrill_events"), "[]")] }),
        answer: Some(Answer::status(200)),
        challenge: None,
        refused: None,
    },
];

/// Mailchimp Marketing.
pub const MAILCHIMP: &[Handshake] = &[Handshake {
    name: text("get"),
    doc: text(
        "mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks, as read by hookdeck/webhook-skills",
    ),
    confidence: Confidence::Secondary,
    trust: Trust::Echo,
    method: Method::Get,
    when: Condition::all(const { &[] }),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];

/// WooCommerce: a form with the id of the webhook.
pub const WOOCOMMERCE: &[Handshake] = &[Handshake {
    name: text("ping"),
    doc: text("woocommerce/woocommerce includes/class-wc-webhook.php"),
    confidence: Confidence::Secondary,
    trust: Trust::Echo,
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::form("webhook_id"))] }),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];

/// Bitbucket Data Center: the test of a connection.
pub const BITBUCKET: &[Handshake] = &[Handshake {
    name: text("diagnostics:ping"),
    doc: text("confluence.atlassian.com/bitbucketserver/manage-webhooks"),
    confidence: Confidence::Secondary,
    trust: Trust::Echo,
    method: Method::Post,
    when: Condition::all(const { &[Condition::equals(Place::header("x-event-key"), "diagnostics:ping")] }),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];
