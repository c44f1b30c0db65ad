//! Cases of signed and unsigned ids.

use crate::senders::{GITHUB, PRINTPRICE, REDPIN, SHOPIFY, STANDARD_WEBHOOKS, SVIX, TWILIO};
use crate::{Case, Event, Expected, Sender};

pub(super) fn cases() -> Vec<Case> {
    let signed = SIGNED.iter().flat_map(|&(sender, name)| {
        [
            Case::new(
                "missing id",
                sender,
                sender.genuine().without(name),
                Expected::rejected(400, "missing_id"),
            ),
            Case::new(
                "empty id",
                sender,
                sender.genuine().with(name, ""),
                Expected::rejected(400, "missing_id"),
            ),
            Case::new(
                "another id",
                sender,
                sender.genuine().with(name, "msg_other"),
                Expected::rejected(401, "signature_mismatch"),
            ),
            // Would make the signed content ambiguous: `a.1.{body}` is also the id `a` with another time and body.
            Case::new(
                "an id with a dot in it",
                sender,
                sender.genuine().with(name, "msg.other"),
                Expected::rejected(400, "malformed_id"),
            ),
            Case::new(
                "two ids",
                sender,
                sender.genuine().and(name, "msg_other"),
                Expected::rejected(400, "malformed_id"),
            ),
        ]
    });
    let unsigned = UNSIGNED.iter().flat_map(|&(sender, name)| {
        let with = |id| sender.handles(Event { id, ..sender.event });
        [
            Case::new("no id", sender, sender.genuine().without(name), with(None)),
            Case::new("another id", sender, sender.genuine().with(name, "other"), with(Some("other"))),
            Case::new(
                "two ids",
                sender,
                sender.genuine().and(name, "other"),
                Expected::rejected(400, "malformed_id"),
            ),
        ]
    });
    signed.chain(unsigned).collect()
}

/// Providers with a signed id in a header, and its name.
static SIGNED: [(&Sender, &str); 4] = [
    (&REDPIN, "svix-id"),
    (&PRINTPRICE, "webhook-id"),
    (&STANDARD_WEBHOOKS, "webhook-id"),
    (&SVIX, "svix-id"),
];

/// Providers whose signature does not cover the id.
static UNSIGNED: [(&Sender, &str); 3] = [
    (&GITHUB, "x-github-delivery"),
    (&SHOPIFY, "x-shopify-webhook-id"),
    (&TWILIO, "i-twilio-idempotency-token"),
];
