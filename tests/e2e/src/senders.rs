//! The hand-written senders: the founding providers, and others with special features. The rest of the catalogue is
//! in [`derived`](crate::derived).

use countersign::providers::{self, preflix, printprice, proxiant, redpin};

use crate::sender::JSON;
use crate::{Catalog, Dated, Dating, Event, Keys, Sender};

/// All hand-written senders.
pub(crate) static SENDERS: [&Sender; 11] = [
    &PREFLIX,
    &REDPIN,
    &PRINTPRICE,
    &PROXIANT,
    &GITHUB,
    &SHOPIFY,
    &SLACK,
    &STANDARD_WEBHOOKS,
    &STRIPE,
    &SVIX,
    &TWILIO,
];

pub(crate) static PREFLIX: Sender = Sender {
    provider: &preflix::PROVIDER,
    signature: "preflixai-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InHeader("preflixai-timestamp"), past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"id":"evt_7b2","type":"audit.completed","created_at":"{time}","data":{"bill_id":"bill_8f4","report_id":"report_33","status":"complete"}}"#,
        id: Some("evt_7b2"),
        event_type: Some("audit.completed"),
        variant: Some("AuditCompleted"),
    },
    id_signed: true,
    catalog: Some(Catalog::Preflix),
};

pub(crate) static REDPIN: Sender = Sender {
    provider: &redpin::PROVIDER,
    signature: "svix-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InHeader("svix-timestamp"), past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"event_name":"REFERRAL_CREATED","status":"CREATED","referral_id":"ref_1","partner_id":"partner_1","referral_date":"2025-05-20T19:14:05.878"}"#,
        id: Some("msg_redpin"),
        event_type: Some("REFERRAL_CREATED"),
        variant: Some("ReferralCreated"),
    },
    id_signed: true,
    catalog: Some(Catalog::Redpin),
};

pub(crate) static PRINTPRICE: Sender = Sender {
    provider: &printprice::PROVIDER,
    signature: "webhook-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InHeader("webhook-timestamp"), past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"event":"pricing.completed","timestamp":"{time}","entity_id":"quote_1","environment":"production","data":{"total":"129.50"}}"#,
        id: Some("msg_printprice"),
        event_type: Some("pricing.completed"),
        variant: Some("PricingCompleted"),
    },
    id_signed: true,
    catalog: Some(Catalog::PrintPrice),
};

pub(crate) static PROXIANT: Sender = Sender {
    provider: &proxiant::PROVIDER,
    signature: "x-proxiant-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InBody, past: 2 * 3600, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"id":"del_1","event":"job.served","created_at":"{time}","data":{"job":{"id":"9b1deb4d","job_number":"FH-2025-04812","status":"served"},"attempt":{"id":"b2c3d4e5","sequence_number":3,"outcome":"served","gps_verified":true}}}"#,
        id: Some("del_1"),
        event_type: Some("job.served"),
        variant: Some("JobServed"),
    },
    id_signed: true,
    catalog: Some(Catalog::Proxiant),
};

pub(crate) static GITHUB: Sender = Sender {
    provider: &providers::GITHUB,
    signature: "x-hub-signature-256",
    headers: &[],
    keys: Keys::WHSEC,
    dating: None,
    content_type: JSON,
    event: Event {
        body: r#"{"ref":"refs/heads/main","commits":[],"pusher":{"name":"Zoë"}}"#,
        id: Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        event_type: Some("push"),
        variant: None,
    },
    id_signed: false,
    catalog: None,
};

pub(crate) static SHOPIFY: Sender = Sender {
    provider: &providers::SHOPIFY,
    signature: "x-shopify-hmac-sha256",
    headers: &[],
    keys: Keys::WHSEC,
    dating: None,
    content_type: JSON,
    event: Event {
        body: r#"{"id":820982911946154508,"total_price":"403.00"}"#,
        id: Some("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
        event_type: Some("orders/create"),
        variant: None,
    },
    id_signed: false,
    catalog: None,
};

pub(crate) static SLACK: Sender = Sender {
    provider: &providers::SLACK,
    signature: "x-slack-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InHeader("x-slack-request-timestamp"), past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"app_mention","text":"hello"}}"#,
        id: Some("Ev08MFMKH6"),
        event_type: Some("app_mention"),
        variant: None,
    },
    id_signed: true,
    catalog: None,
};

pub(crate) static STANDARD_WEBHOOKS: Sender = Sender {
    provider: &providers::STANDARD_WEBHOOKS,
    signature: "webhook-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InHeader("webhook-timestamp"), past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"type":"user.created","timestamp":"{time}","data":{"id":"user_1"}}"#,
        id: Some("msg_standard"),
        event_type: Some("user.created"),
        variant: None,
    },
    id_signed: true,
    catalog: None,
};

pub(crate) static STRIPE: Sender = Sender {
    provider: &providers::STRIPE,
    signature: "stripe-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InSignature, past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"id":"in_1"}}}"#,
        id: Some("evt_1"),
        event_type: Some("invoice.paid"),
        variant: None,
    },
    id_signed: true,
    catalog: None,
};

pub(crate) static SVIX: Sender = Sender {
    provider: &providers::SVIX,
    signature: "svix-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: Some(Dating { at: Dated::InHeader("svix-timestamp"), past: 300, future: 300 }),
    content_type: JSON,
    event: Event {
        body: r#"{"type":"invoice.paid","data":{"id":"in_1"}}"#,
        id: Some("msg_svix"),
        event_type: Some("invoice.paid"),
        variant: None,
    },
    id_signed: true,
    catalog: None,
};

pub(crate) static TWILIO: Sender = Sender {
    provider: &providers::TWILIO,
    signature: "x-twilio-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: None,
    content_type: "application/x-www-form-urlencoded; charset=utf-8",
    event: Event {
        body: "MessageSid=SM1&MessageStatus=delivered&To=%2B15551234567&Body=hello+w%C3%B6rld",
        id: Some("a1b2-token"),
        event_type: Some("delivered"),
        variant: None,
    },
    id_signed: false,
    catalog: None,
};
