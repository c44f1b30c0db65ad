//! Typed events: unknown types, and data of another shape.

use crate::senders::{PREFLIX, PRINTPRICE, PROXIANT, REDPIN};
use crate::{Case, Event, Expected, Sender};

pub(super) fn cases() -> Vec<Case> {
    let unknown = UNKNOWN.iter().map(|(sender, event)| {
        let event = Event { id: event.id.or(sender.event.id), ..*event };
        Case::new("unknown event type", sender, sender.sends(event.body), sender.handles(event))
    });
    let misshapen = MISSHAPEN.iter().map(|(what, sender, body)| {
        Case::new(what, sender, sender.sends(body), Expected::rejected(422, "decode_failed"))
    });
    let ping = Case::new("ping", &PROXIANT, PROXIANT.sends(PING.body), PROXIANT.handles(PING));
    unknown.chain(misshapen).chain([ping]).collect()
}

/// Not an error: a provider may add types at any time.
static UNKNOWN: [(&Sender, Event); 4] = [
    (
        &PREFLIX,
        Event {
            body: r#"{"id":"evt_7b3","type":"audit.reopened","created_at":"{time}","data":{"bill_id":8}}"#,
            id: Some("evt_7b3"),
            event_type: Some("audit.reopened"),
            variant: Some("Unknown"),
        },
    ),
    (
        &REDPIN,
        Event {
            body: r#"{"event_name":"EndpointDisabledEvent","endpoint_id":"ep_1"}"#,
            id: None,
            event_type: Some("EndpointDisabledEvent"),
            variant: Some("Unknown"),
        },
    ),
    (
        &PRINTPRICE,
        Event {
            body: r#"{"data":[1,2],"event":"pricing.expired","timestamp":"{time}"}"#,
            id: None,
            event_type: Some("pricing.expired"),
            variant: Some("Unknown"),
        },
    ),
    (
        &PROXIANT,
        Event {
            body: r#"{"id":"del_2","event":"job.archived","created_at":"{time}"}"#,
            id: Some("del_2"),
            event_type: Some("job.archived"),
            variant: Some("Unknown"),
        },
    ),
];

static MISSHAPEN: [(&str, &Sender, &str); 8] = [
    (
        "a number for an id",
        &PREFLIX,
        r#"{"id":"evt_7b4","type":"audit.completed","data":{"bill_id":8,"report_id":"r","status":"s"}}"#,
    ),
    ("a field is missing", &PREFLIX, r#"{"id":"evt_7b4","type":"audit.completed","data":{"bill_id":"b"}}"#),
    ("no data", &PREFLIX, r#"{"id":"evt_7b4","type":"audit.completed"}"#),
    ("no type", &PREFLIX, r#"{"id":"evt_7b4","data":{"bill_id":"b"}}"#),
    (
        "a failure without its message",
        &REDPIN,
        r#"{"event_name":"REFERRAL_CREATED","status":"FAILED","referral_id":"ref_2","partner_id":"partner_1"}"#,
    ),
    (
        "a corporate customer without a company",
        &REDPIN,
        r#"{"event_name":"REFERRAL_CREATED","status":"CREATED","referral_id":"r","partner_id":"p","customer_type":"Corporate"}"#,
    ),
    (
        "data that is no object",
        &PRINTPRICE,
        r#"{"event":"pricing.completed","timestamp":"{time}","entity_id":"quote_1","data":"129.50"}"#,
    ),
    (
        "half of the data",
        &PROXIANT,
        r#"{"id":"del_3","event":"job.served","created_at":"{time}","data":{"job":{"id":"9b1deb4d"}}}"#,
    ),
];

const PING: Event = Event {
    body: r#"{"id":"del_4","event":"webhook.test","created_at":"{time}","data":{}}"#,
    id: Some("del_4"),
    event_type: Some("webhook.test"),
    variant: Some("WebhookTest"),
};
