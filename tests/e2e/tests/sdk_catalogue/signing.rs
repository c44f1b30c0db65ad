//! The SDKs that sign.

use countersign::{Provider, providers};
use countersign_tests::programs::Sdk;

use super::row::{JSON, SECRET, URL};
use super::verifying::{BRAINTREE_SECRET, CONTENTFUL_SECRET, FORM, HEX_KEYS};

/// An SDK that signs, and its request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signing {
    pub(crate) sdk: Sdk,
    pub(crate) provider: &'static Provider,
    pub(crate) secret: &'static str,
    pub(crate) body: &'static str,
    /// The change of the body.
    pub(crate) change: [&'static str; 2],
    pub(crate) url: &'static str,
}

pub(crate) const SIGNINGS: &[Signing] = &[
    Signing { secret: HEX_KEYS[0], ..json(Sdk::Node("adyen-platform"), &providers::ADYEN_PLATFORM) },
    // The SDK creates the payload.
    Signing {
        secret: BRAINTREE_SECRET,
        change: ["bt_payload=PG5v", "bt_payload=PG5w"],
        ..json(Sdk::Node("braintree"), &providers::BRAINTREE)
    },
    json(Sdk::Node("cloudinary"), &providers::CLOUDINARY),
    json(Sdk::Node("coinbase-commerce"), &providers::COINBASE),
    Signing { secret: CONTENTFUL_SECRET, ..json(Sdk::Node("contentful"), &providers::CONTENTFUL) },
    json(Sdk::Node("fintoc"), &providers::FINTOC),
    json(Sdk::Node("hubspot-v1"), &providers::HUBSPOT_V1),
    json(Sdk::Node("hubspot-v2"), &providers::HUBSPOT_V2),
    json(Sdk::Node("hubspot-v3"), &providers::HUBSPOT),
    json(Sdk::Node("hygraph"), &providers::HYGRAPH),
    json(Sdk::Node("kontent"), &providers::KONTENT_AI),
    json(Sdk::Node("metronome"), &providers::METRONOME),
    json(Sdk::Node("modern-treasury"), &providers::MODERN_TREASURY),
    json(Sdk::Node("mux"), &providers::MUX),
    json(Sdk::Node("notion"), &providers::NOTION),
    json(Sdk::Node("octokit"), &providers::GITHUB),
    json(Sdk::Node("orb"), &providers::ORB),
    json(Sdk::Node("sanity"), &providers::SANITY),
    json(Sdk::Node("smartcar"), &providers::SMARTCAR),
    json(Sdk::Node("standardwebhooks"), &providers::STANDARD_WEBHOOKS),
    json(Sdk::Node("stripe"), &providers::STRIPE),
    json(Sdk::Python("stripe"), &providers::STRIPE),
    json(Sdk::Node("svix"), &providers::SVIX),
    json(Sdk::Python("svix"), &providers::SVIX),
    Signing { body: FORM, ..json(Sdk::Node("twilio"), &providers::TWILIO) },
    Signing { url: TWILIO_URL, ..json(Sdk::Node("twilio-body"), &providers::TWILIO_BODY_SHA256) },
    json(Sdk::Node("workos"), &providers::WORKOS),
];

const fn json(sdk: Sdk, provider: &'static Provider) -> Signing {
    Signing { sdk, provider, secret: SECRET, body: JSON, change: ["evt_1", "evt_2"], url: URL }
}

/// With the SHA-256 digest of the body.
pub(crate) const TWILIO_URL: &str = "https://hooks.example.com/in?tenant=7&bodySHA256=0e3ff483f64d044911e36d6d4360beb193e20d03ab3f127b32b4ffee2fa583cd";
