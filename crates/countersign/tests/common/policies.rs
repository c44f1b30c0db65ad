//! Handshake policies that fit any declaration.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test needs some of it, and stops at the first surprise"
)]

use countersign::Secret;
use countersign::receiver::{HandshakePolicy, IssuedSecret, Receiver, ReceiverBuilder};

/// An option of a policy.
pub(crate) type Choice = fn(HandshakePolicy) -> HandshakePolicy;

/// Every option that answers handshakes, without those that store secrets.
pub(crate) const ANSWERS: &[Choice] = &[
    HandshakePolicy::with_echo,
    |policy| policy.with_verify_token(Secret::new("a token").unwrap()),
    |policy| policy.with_allowed_origin("*"),
    |policy| policy.with_setting("service_id", "a"),
    |policy| policy.with_setting("allowed_rate", "1"),
];

/// Stores secrets that handshakes bring.
pub(crate) const SINK: Choice = |policy| policy.with_secret_sink(async |_: IssuedSecret| Ok(()));

/// Builds a receiver with those of the options that its declaration uses: others are refused.
pub(crate) fn fitting(builder: ReceiverBuilder, choices: &[Choice]) -> Receiver {
    let mut policy = HandshakePolicy::new();
    for choice in choices {
        let more = choice(policy.clone());
        if builder.clone().with_handshakes(more.clone()).build().is_ok() {
            policy = more;
        }
    }
    builder.with_handshakes(policy).build().unwrap()
}
