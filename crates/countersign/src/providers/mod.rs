//! The catalogue of providers: one declaration each, with its source and notes.
//!
//! [`Provider::confidence`] states how reliable the facts about a signature are; verify those from memory before
//! you rely on them. The places of id, type and data of an event, and the retry policy, have separate sources in
//! [`Provider::sources`]; one that begins with `memory:` was not read and names the page to read.
//! [`Provider::checked`] is the month of the last comparison. The coverage of a signature is computed from the
//! declaration and available for each value of a [`Delivery`](crate::Delivery).
//!
//! For providers that document no tolerance, 300 s in both directions were chosen. If the provider's own library
//! does not bound the future, the declaration bounds it like the past;
//! [`Tolerance::insecure_any_future`](crate::Tolerance::insecure_any_future) restores the library's behaviour.
//! Declarations are plain data: change a copy.

use crate::provider::Provider;

mod all;
pub mod aws_sns;
mod basic;
mod body_base64;
mod body_forms;
mod body_hex;
mod composed;
mod derived;
mod developer_tools;
mod elliptic_curves;
mod hashes;
mod json_web_tokens;
mod listed_headers;
mod md5;
mod media;
mod message_signatures;
mod messaging;
mod payments;
mod people;
mod prefixed;
pub mod preflix;
pub mod printprice;
pub mod proxiant;
mod published_keys;
pub mod redpin;
mod rsa;
mod sha1;
mod sha512;
mod shapes;
mod signed_lists;
mod standard_webhooks;
mod stripe_like;
mod svix;
mod timestamped;
mod tokens;
mod url;

pub use aws_sns::PROVIDER as AWS_SNS;
pub use basic::*;
pub use body_base64::*;
pub use body_forms::*;
pub use body_hex::*;
pub use composed::*;
pub use derived::*;
pub use developer_tools::*;
pub use elliptic_curves::*;
pub use hashes::*;
pub use json_web_tokens::*;
pub use listed_headers::*;
pub use md5::*;
pub use media::*;
pub use message_signatures::*;
pub use messaging::*;
pub use payments::*;
pub use people::*;
pub use prefixed::*;
pub use preflix::PROVIDER as PREFLIX;
pub use printprice::PROVIDER as PRINTPRICE;
pub use proxiant::PROVIDER as PROXIANT;
pub use published_keys::*;
pub use redpin::PROVIDER as REDPIN;
pub use rsa::*;
pub use sha1::*;
pub use sha512::*;
pub use signed_lists::*;
pub use standard_webhooks::*;
pub use stripe_like::*;
pub use svix::*;
pub use timestamped::*;
pub use tokens::*;
pub use url::*;

/// Returns all declarations: the founding four first, then by slug.
pub fn all() -> impl Iterator<Item = &'static Provider> {
    all::ALL.iter().copied()
}

/// Returns the declaration with this slug or [alias](Provider::aliases).
#[must_use]
pub fn find(name: &str) -> Option<&'static Provider> {
    all().find(|provider| provider.slug == name || provider.aliases.iter().any(|alias| alias == name))
}

#[cfg(test)]
mod tests;
