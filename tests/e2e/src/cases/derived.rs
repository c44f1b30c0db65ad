//! The senders derived from declarations: a few cases each, because their features are in their declarations, and
//! the engine has its own cases.

use crate::derived::{self, SIGNED_VALUE};
use crate::sender::{FORM, NOW};
use crate::{Case, Expected, Sender};

pub(super) fn cases() -> Vec<Case> {
    derived::senders()
        .iter()
        .flat_map(|sender| [of_all(sender), body(sender), time(sender), url(sender)])
        .flatten()
        .collect()
}

/// Returns the cases that apply to all.
fn of_all(sender: &'static Sender) -> Vec<Case> {
    let genuine = || sender.genuine();
    let unsigned =
        if sender.signature.is_empty() { sender.unsigned() } else { genuine().without(sender.signature) };
    let length = genuine().bytes().len();
    vec![
        Case::new("valid", sender, genuine(), sender.handled()),
        Case::new("second secret", sender, sender.signs_with(sender.keys.old), sender.handled().under("old")),
        Case::new("wrong secret", sender, sender.signs_with(sender.keys.other), MISMATCH),
        Case::new("missing signature", sender, unsigned, Expected::rejected(400, "missing_signature")),
        Case::new("beyond the limit", sender, genuine(), Expected::closed(413, "payload_too_large"))
            .with_receiver(|receiver| receiver.to_builder().with_body_limit(length - 1).build().unwrap()),
    ]
}

/// Returns cases of a changed body: accepted if the signature does not cover it, which is reported to handlers.
fn body(sender: &'static Sender) -> Vec<Case> {
    let more = if sender.content_type == FORM { "&more=1" } else { " " };
    let changed = sender.genuine().map_body(|body| body.extend_from_slice(more.as_bytes()));
    let signs_fields = sender.event.body.contains(SIGNED_VALUE);
    // A body next to another value may exchange bytes with it, and is not reported as signed; this one exchanges
    // none.
    let is_hashed = sender.covers_body() || is_hashed(sender.provider.scheme.content.as_str());
    let mut cases = vec![if is_hashed {
        Case::new("tampered body", sender, changed, MISMATCH)
    } else {
        Case::new("a body that is not signed", sender, changed, sender.handled())
    }];
    if signs_fields {
        let another = sender.genuine().map_body(|body| {
            *body = String::from_utf8(body.clone()).unwrap().replace(SIGNED_VALUE, "another").into_bytes();
        });
        cases.push(Case::new("another value in a signed field", sender, another, MISMATCH));
    }
    cases
}

/// Returns whether every byte of the body matters.
fn is_hashed(content: &str) -> bool {
    content.contains("{body") && !content.contains("{body:json-sorted}")
}

fn time(sender: &'static Sender) -> Vec<Case> {
    let Some(dating) = &sender.dating else { return Vec::new() };
    let mut cases = Vec::new();
    if dating.past < NOW.as_secs() {
        let stale = sender.sends_later(-dating.past - 1);
        cases.push(Case::new("stale", sender, stale, Expected::rejected(401, "timestamp_too_old")));
    }
    if dating.future < NOW.as_secs() {
        let early = sender.sends_later(dating.future + 1);
        cases.push(Case::new("from the future", sender, early, Expected::rejected(401, "timestamp_too_new")));
    }
    cases
}

fn url(sender: &'static Sender) -> Vec<Case> {
    if !sender.verifier().needs_url() {
        return Vec::new();
    }
    let elsewhere = sender.genuine().with_target("/webhooks/elsewhere?from=elsewhere");
    vec![Case::new("another URL than was signed", sender, elsewhere, MISMATCH)]
}

const MISMATCH: Expected = Expected::rejected(401, "signature_mismatch");
