//! Signature fields: names, versions, several signatures.

use crate::senders::{GITHUB, PREFLIX, REDPIN, SHOPIFY, SLACK, STANDARD_WEBHOOKS, STRIPE, SVIX, TWILIO};
use crate::{Case, Expected, Request, Sender};

pub(super) fn cases() -> Vec<Case> {
    [names(), versions(), several()].into_iter().flatten().collect()
}

/// Svix and the providers that use it are accepted with both header names.
fn names() -> Vec<Case> {
    let of = |sender: &'static Sender| {
        let doubled = |change: fn(String) -> String| {
            let request = sender.genuine();
            let field = change(request.header("svix-signature"));
            request.and("webhook-signature", &field)
        };
        let partly = renamed(sender.genuine(), &["signature"]);
        [
            Case::new("webhook-* names", sender, renamed(sender.genuine(), &PARTS), sender.handled()),
            Case::new("one webhook-* name", sender, partly, sender.handled()),
            Case::new("both names", sender, doubled(|field| field), sender.handled()),
            Case::new("both names, that differ", sender, doubled(|field| field + "="), MALFORMED),
        ]
    };
    let mut cases: Vec<_> = [&SVIX, &REDPIN].into_iter().flat_map(of).collect();
    let upper = REDPIN.genuine().map("svix-signature", |field| field.replace("v1,", "V1,"));
    cases.push(Case::new("a version in upper case", &REDPIN, upper, MALFORMED));
    // Standard Webhooks has no other names.
    let svix = SVIX.genuine();
    cases.push(Case::new(
        "svix-* names",
        &STANDARD_WEBHOOKS,
        svix,
        Expected::rejected(400, "missing_signature"),
    ));
    cases
}

/// A sender cannot request a weaker version, and is not rejected for a newer one.
fn versions() -> Vec<Case> {
    let field = |sender: &'static Sender, from: &'static str, to: &'static str| {
        sender.genuine().map(sender.signature, |field| field.replacen(from, to, 1))
    };
    let only_older = Expected::rejected(400, "no_signature_for_expected_version");
    let upper = |field: String| field.to_uppercase();
    vec![
        Case::new("sha1=", &GITHUB, field(&GITHUB, "sha256=", "sha1="), MALFORMED),
        Case::new("no prefix", &GITHUB, field(&GITHUB, "sha256=", ""), MALFORMED),
        Case::new("no prefix", &SLACK, field(&SLACK, "v0=", ""), MALFORMED),
        Case::new("v0 alone", &STRIPE, field(&STRIPE, "v1=", "v0="), only_older),
        Case::new("v1a alone", &SVIX, field(&SVIX, "v1,", "v1a,"), MALFORMED),
        Case::new("v0 beside v1", &STRIPE, field(&STRIPE, "v1=", "v0=ab,v1="), STRIPE.handled()),
        Case::new("v1a beside v1", &SVIX, field(&SVIX, "v1,", "v1a,ab v1,"), SVIX.handled()),
        Case::new("upper case", &PREFLIX, PREFLIX.genuine().map(PREFLIX.signature, upper), PREFLIX.handled()),
        Case::new("prefix sha256=", &PREFLIX, prefixed("sha256="), PREFLIX.handled()),
        Case::new("prefix v1=", &PREFLIX, prefixed("v1="), PREFLIX.handled()),
        Case::new("prefix v2=", &PREFLIX, prefixed("v2="), MISMATCH),
        Case::new("no signature at all", &STRIPE, garbage(&STRIPE), MALFORMED),
        Case::new("no signature at all", &SVIX, garbage(&SVIX), MALFORMED),
        Case::new("no signature at all", &SHOPIFY, garbage(&SHOPIFY), MISMATCH),
        Case::new("no signature at all", &TWILIO, garbage(&TWILIO), MISMATCH),
    ]
}

/// Key rotation by the sender, and attacks on it.
fn several() -> Vec<Case> {
    let with_others = |count: usize| {
        SVIX.genuine().map(SVIX.signature, |right| format!("{}{right}", "v1,c2lnbmF0dXJl ".repeat(count)))
    };
    let unreadable = SVIX.genuine().map(SVIX.signature, |right| format!("v1,%%% {right}"));
    vec![
        Case::new("the right one of two signatures", &SVIX, with_others(1), SVIX.handled()),
        Case::new("a signature that is no base64 beside it", &SVIX, unreadable, SVIX.handled()),
        Case::new("the right one of a hundred signatures", &SVIX, with_others(99), SVIX.handled()),
        Case::new("6,000 signatures", &SVIX, with_others(5999), MALFORMED),
        Case::new(
            "two signatures in one field",
            &STRIPE,
            STRIPE.genuine().map(STRIPE.signature, |field| field.replace("v1=", "v1=00,v1=")),
            STRIPE.handled(),
        ),
    ]
}

fn renamed(request: Request, parts: &[&str]) -> Request {
    parts.iter().fold(request, |request, part| {
        let (from, value) = (format!("svix-{part}"), request.header(&format!("svix-{part}")));
        request.without(&from).with(&format!("webhook-{part}"), &value)
    })
}

fn prefixed(prefix: &str) -> Request {
    PREFLIX.genuine().map(PREFLIX.signature, |field| format!("{prefix}{field}"))
}

fn garbage(sender: &Sender) -> Request {
    sender.genuine().with(sender.signature, "i'm not even a real signature header")
}

const PARTS: [&str; 3] = ["id", "timestamp", "signature"];
const MALFORMED: Expected = Expected::rejected(400, "malformed_signature");
const MISMATCH: Expected = Expected::rejected(401, "signature_mismatch");
