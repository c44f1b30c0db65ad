//! The cases that apply to every provider.

use http::Method;

use crate::sender::{OLD_SECRET, OTHER_SECRET};
use crate::senders::SENDERS;
use crate::{Case, Expected, Request, Sender};

pub(super) fn cases() -> Vec<Case> {
    let of = |row: &'static Row| {
        SENDERS.map(|sender| {
            let (what, request, expected) = row;
            Case::new(what, sender, request(sender), expected(sender))
        })
    };
    ROWS.iter().flat_map(of).collect()
}

/// The feature, the request, and the expected response.
type Row = (&'static str, fn(&Sender) -> Request, fn(&Sender) -> Expected);

static ROWS: [Row; 17] = [
    ("valid", Sender::genuine, Sender::handled),
    ("tampered body", |sender| sender.genuine().map_body(|body| flip_last(body)), mismatch),
    ("a byte less", |sender| sender.genuine().map_body(|body| body.truncate(body.len() - 1)), mismatch),
    ("a byte more", |sender| sender.genuine().map_body(|body| body.push(b'a')), mismatch),
    ("tampered signature", |sender| sender.genuine().map(sender.signature, tamper), mismatch),
    (
        "half a signature",
        |sender| sender.genuine().map(sender.signature, |field| field[..field.len() - 20].to_owned()),
        mismatch,
    ),
    ("missing signature", |sender| sender.genuine().without(sender.signature), missing),
    ("empty signature", |sender| sender.genuine().with(sender.signature, ""), missing),
    ("wrong secret", |sender| sender.signs_with(OTHER_SECRET), mismatch),
    ("second secret", |sender| sender.signs_with(OLD_SECRET), |sender| sender.handled().under("old")),
    ("the same signature header twice", |sender| twice(sender, |field| field), Sender::handled),
    (
        "two signature headers that differ",
        |sender| twice(sender, tamper),
        |_| Expected::rejected(400, "malformed_signature"),
    ),
    (
        "a refused head, and nothing is read of the body",
        |sender| sender.genuine().without(sender.signature).without_body(),
        missing,
    ),
    (
        "a body that breaks off",
        |sender| sender.genuine().breaking(),
        |_| Expected::closed(400, "body_unreadable"),
    ),
    (
        "a body that does not come",
        |sender| sender.genuine().stalling(),
        |_| Expected::closed(408, "body_timeout"),
    ),
    (
        "a genuine GET is the router's",
        |sender| sender.genuine().with_method(Method::GET),
        |_| Expected::Routed(405),
    ),
    (
        "a GET is not let through without a signature",
        |sender| sender.genuine().with_method(Method::GET).without(sender.signature),
        missing,
    ),
];

fn mismatch(_: &Sender) -> Expected {
    Expected::rejected(401, "signature_mismatch")
}

fn missing(_: &Sender) -> Expected {
    Expected::rejected(400, "missing_signature")
}

fn twice(sender: &Sender, change: fn(String) -> String) -> Request {
    let request = sender.genuine();
    let field = change(request.header(sender.signature));
    request.and(sender.signature, &field)
}

/// Replaces a character by another one that every encoding of signatures allows, at a position where all its bits
/// count.
fn tamper(field: String) -> String {
    let (before, after) = field.split_at(field.len() - 10);
    let other = if after.starts_with('a') { "b" } else { "a" };
    format!("{before}{other}{}", &after[1..])
}

fn flip_last(body: &mut [u8]) {
    *body.last_mut().unwrap() ^= 1;
}
