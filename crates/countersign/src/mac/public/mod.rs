//! Signatures that are verified with a public key.
//!
//! One file per algorithm. They share the reading of keys ([`material`], [`pem`], [`der`], [`jwk`]) and of
//! signatures ([`text`]). Keys are loaded once, before the first request.
#![cfg_attr(
    not(all(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
    allow(
        dead_code,
        unreachable_code,
        unused_variables,
        reason = "each algorithm uses its part of the rest"
    )
)]

mod der;
#[cfg(feature = "ecdsa")]
mod ecdsa;
#[cfg(feature = "ecdsa")]
mod ecdsa_whole;
#[cfg(feature = "ed25519")]
mod ed25519;
mod jwk;
mod load;
mod material;
mod pem;
mod read;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rsa")]
mod rsa_pss;
mod running;
#[cfg(all(test, feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
mod tests;
mod text;

pub(super) use load::load;
#[cfg(feature = "jwt")]
pub(super) use load::p521;
pub(crate) use running::Running;
