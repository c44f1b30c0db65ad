//! Tests at a fixed time that official SDKs verify requests of the signer with the same results as this crate
//! (genuine, too old, changed), and that this crate verifies requests of the SDKs.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod delivery;
mod row;
mod signing;
mod verifying;

use std::collections::BTreeSet;

use countersign::{Proof, UnixTime, providers};
use countersign_tests::NOW;
use countersign_tests::programs::batch;
use serde_json::json;

use delivery::{Delivery, ID};
use row::{Row, Variant};
use signing::SIGNINGS;
use verifying::ROWS;

#[test]
fn sdks_judge_what_we_sign_as_we_do() {
    let deliveries: Vec<_> = ROWS
        .iter()
        .flat_map(|row| Variant::ALL.map(|variant| (row, variant, delivery(row, variant))))
        .filter_map(|(row, variant, delivery)| Some((row, variant, delivery?)))
        .collect();
    let jobs: Vec<_> =
        deliveries.iter().map(|(row, _, delivery)| (row.sdk, delivery.job(row.verifies))).collect();
    let mut failures = Vec::new();
    for ((row, variant, delivery), theirs) in deliveries.iter().zip(batch(NOW, &jobs)) {
        let ours = delivery.verified(row.declaration(), row.verifies);
        let accepted = theirs["ok"].as_bool().unwrap();
        let agree = accepted == ours.is_ok();
        if ours.is_ok() != expected(row, *variant) || agree == row.differs.contains(variant) {
            let (sdk, slug) = (row.sdk, &row.provider.slug);
            failures.push(format!("{slug}, {sdk:?}, {variant:?}: ours {ours:?}, theirs {theirs}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn we_verify_what_sdks_sign() {
    let jobs: Vec<_> = SIGNINGS
        .iter()
        .map(|signing| {
            let (secret, body, url) = (signing.secret, signing.body, signing.url);
            let timestamp = NOW.as_secs();
            let job = json!({"action": "sign", "secret": secret, "id": ID, "timestamp": timestamp, "body": body, "url": url});
            (signing.sdk, job)
        })
        .collect();
    for (signing, answer) in SIGNINGS.iter().zip(batch(NOW, &jobs)) {
        let (slug, sdk) = (&signing.provider.slug, signing.sdk);
        let delivery = Delivery::of(&answer, signing.url);
        let genuine = delivery.verified(signing.provider.clone(), signing.secret);
        assert!(genuine.is_ok(), "{slug}, {sdk:?}: {genuine:?}: {delivery:?}");
        let changed = delivery.clone().with_body_changed(signing.change);
        let changed = changed.verified(signing.provider.clone(), signing.secret);
        assert!(changed.is_err(), "{slug}, {sdk:?}: a changed body is accepted");
    }
}

#[test]
fn declarations_whose_proof_is_an_sdk_are_those_that_one_judges_here() {
    let verified: BTreeSet<_> = ROWS.iter().map(|row| &*row.provider.slug).collect();
    let proved: BTreeSet<_> = providers::all()
        .filter(|provider| provider.proof == Some(Proof::Sdk))
        .map(|provider| &*provider.slug)
        .collect();
    assert_eq!(verified, proved);
    assert!(verified.len() >= 80, "{verified:?}");
}

/// Returns the request, if this variant of it exists.
fn delivery(row: &Row, variant: Variant) -> Option<Delivery> {
    let [secret, other] = row.secrets;
    let genuine = Delivery::signed(row, secret, NOW);
    let tolerance = row.provider.scheme.timestamp.as_ref().map(|timestamp| timestamp.tolerance);
    let moved = |secs: Option<u64>, sign: i64, more: i64| {
        let at = NOW.as_secs() + sign * (i64::try_from(secs?).unwrap() + more);
        Some(Delivery::signed(row, secret, UnixTime::from_secs(at)))
    };
    match variant {
        Variant::Genuine => Some(genuine),
        Variant::OtherSecret => Some(Delivery::signed(row, other, NOW)),
        Variant::Body => Some(genuine.with_body_changed(row.change)),
        Variant::Path => Some(genuine.with_url_changed(["/in", "/out"])),
        Variant::Query => Some(genuine.with_url_changed(["tenant=7", "tenant=8"])),
        Variant::Id => genuine.with_other_id(row.provider),
        Variant::Oldest => moved(tolerance?.past(), -1, 0),
        // A token contains its own expiry.
        Variant::TooOld if row.provider.scheme.jwt.is_some() => moved(tolerance?.past(), -1, 3600),
        Variant::TooOld => moved(tolerance?.past(), -1, 1),
        Variant::Latest => moved(tolerance?.future(), 1, 0),
        Variant::TooLate => moved(tolerance?.future(), 1, 1),
    }
}

/// Returns whether this crate accepts it, according to the declaration.
fn expected(row: &Row, variant: Variant) -> bool {
    let coverage = row.provider.coverage().unwrap();
    let scheme = &row.provider.scheme;
    // The signed content, and the values that a check compares.
    let checked = scheme.checks.iter().map(|check| check.equals.as_str());
    let content: String = checked.chain([scheme.content.as_str()]).collect();
    match variant {
        Variant::Genuine | Variant::Oldest | Variant::Latest => true,
        Variant::OtherSecret | Variant::TooOld | Variant::TooLate => false,
        // A body next to the URL may exchange bytes with it, and is not reported as signed; a changed body still has
        // another signature.
        Variant::Body => {
            !(coverage.body || ["{form:", "{body", "{json:"].iter().any(|part| content.contains(part)))
        }
        Variant::Path => !["{url", "{target", "{path"].iter().any(|part| content.contains(part)),
        Variant::Query => {
            !["{url}", "{url:", "{target", "{query:canonical"].iter().any(|part| content.contains(part))
        }
        Variant::Id => !(coverage.id || content.contains("{headers:")),
    }
}
