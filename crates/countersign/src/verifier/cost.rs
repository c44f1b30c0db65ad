//! Tests that the cost of any request is a bounded multiple of its HMAC, for every declaration.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

#[path = "../../tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::panic, reason = "each test uses its part")]
mod fixtures;

#[path = "../../tests/common/policies.rs"]
mod policies;

#[path = "../../tests/common/hostile/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test uses its part")]
mod hostile;

#[path = "../../tests/common/costly.rs"]
mod costly;

use bytes::Bytes;
use fixtures::Fixture;
use hostile::{BYTES, Effort, Hostile};

use crate::receiver::{EarlyResponse, HandshakePolicy, Receiver};
use crate::{ErrorKind, Provider, SecretSet, providers, work};

/// The largest number of work units per byte of a body of 1 MiB, for any number of keys. The benchmark `hostile` measures
/// the same requests.
const MOST: f64 = 20.0;

fn receiver(fixture: &Fixture) -> Receiver {
    let builder =
        Receiver::builder(fixture.verifier.clone().with_body_limit(BYTES)).with_clock(fixtures::NOW);
    policies::fitting(builder.with_public_url("https://hooks.example.com"), policies::ANSWERS)
}

/// Whether the request is accepted, so that only the holder of the key can send it.
fn is_genuine(receiver: &Receiver, request: &Hostile, pieces: impl Iterator<Item = Bytes>) -> bool {
    let Ok(mut reception) = receiver.begin(&request.method, &request.target, &request.headers, None) else {
        return false;
    };
    for piece in pieces {
        if reception.push(piece).is_err() {
            return false;
        }
    }
    matches!(reception.finish(), Ok(_) | Err(EarlyResponse::Handshake(_)))
}

/// Checks every fourth declaration, starting at `first`.
fn no_request_costs_more(first: usize) {
    let fixtures =
        || providers::all().skip(first).step_by(4).map(|provider| fixtures::of(provider).swap_remove(0));
    let mut costs = costs(fixtures(), |_| true);
    let with_most_keys = |fixture: Fixture| Fixture { verifier: costly::with_most_keys(&fixture), ..fixture };
    // Further keys cost something where there is something to hash.
    costs.extend(self::costs(fixtures().map(with_most_keys), |request| request.body.len() > BYTES / 4));
    assert!(costs.len() > 2_000, "{}", costs.len());
    assert_none_is_above_the_limit(costs);
}

/// Returns the work of each request that a sender without the key can send, with its name.
fn costs(
    fixtures: impl Iterator<Item = Fixture>,
    matters: impl Fn(&Hostile) -> bool,
) -> Vec<(usize, String)> {
    let mut costs = Vec::new();
    for fixture in fixtures {
        let receiver = receiver(&fixture);
        for request in hostile::requests(&fixture, Effort::Short).into_iter().filter(&matters) {
            work::taken();
            let is_genuine = is_genuine(&receiver, &request, std::iter::once(request.body.clone()));
            let units = work::taken();
            if !is_genuine {
                costs.push((units, format!("{}: {}", fixture.slug, request.name)));
            }
        }
    }
    costs
}

fn assert_none_is_above_the_limit(mut costs: Vec<(usize, String)>) {
    costs.sort_unstable();
    let costs = costs.iter().rev().map(|(units, name)| (*units as f64 / BYTES as f64, name));
    let most: Vec<_> = costs.take(30).collect();
    assert!(most.first().is_some_and(|(times, _)| *times <= MOST), "{most:#?}");
}

#[test]
fn no_request_without_the_key_costs_more_than_20_times_its_hmac() {
    no_request_costs_more(0);
}

#[test]
fn nor_does_one_to_the_second_quarter_of_the_declarations() {
    no_request_costs_more(1);
}

#[test]
fn nor_does_one_to_the_third_quarter_of_the_declarations() {
    no_request_costs_more(2);
}

#[test]
fn nor_does_one_to_the_last_quarter_of_the_declarations() {
    no_request_costs_more(3);
}

/// Whether the request is one of those that cost most where content is tried more than once.
fn is_costly(request: &Hostile) -> bool {
    let names = ["filled", "text", "backslashes", "long escaped names", "escaped fields"];
    names.contains(&request.name.as_str()) || request.name == "16 signatures and a large body"
}

/// Key alternatives, readings, algorithms and keys multiply up to a limit, beyond which a declaration does not load.
#[test]
fn nor_does_one_to_a_declaration_of_ones_own_that_multiplies_what_is_tried() {
    let own = costly::own();
    assert!(own.len() > 30, "{}", own.len());
    // A content without the members that it may lack has the same signature, and is not counted.
    assert_none_is_above_the_limit(costs(own.into_iter(), is_costly));
}

/// Chunks of one byte cost only their copying: computations are updated with larger pieces.
#[test]
fn chunks_of_one_byte_are_hashed_together() {
    for provider in [&providers::STRIPE, &providers::SENDGRID, &providers::TWILIO] {
        let fixtures = fixtures::of(provider);
        let fixture = fixtures.first().unwrap();
        let mut request = hostile::requests(fixture, Effort::Short).swap_remove(0);
        request.body = request.body.slice(..BYTES / 4);
        let receiver = receiver(fixture);
        let cost = |size: usize| {
            work::taken();
            let pieces = (0..request.body.len()).step_by(size).map(|at| request.body.slice(at..at + size));
            assert!(!is_genuine(&receiver, &request, pieces));
            work::taken()
        };
        let (whole, bytes) = (cost(BYTES / 4), cost(1));
        assert!(bytes <= whole + whole / 10, "{}: {bytes} instead of {whole}", provider.slug);
    }
}

/// Returns the work of a request for this tenant, and the result that its sender sees.
fn of_tenant(fixture: &Fixture, tenant: Option<SecretSet>) -> (usize, Option<ErrorKind>) {
    let receiver = receiver(fixture).to_builder().with_handshakes(HandshakePolicy::new()).build().unwrap();
    work::taken();
    let kind = match receiver.begin(&fixture.method, &fixture.target, &fixture.headers, Some(Ok(tenant))) {
        Err(_) => None,
        Ok(mut reception) => {
            // The body differs from the signed one.
            reception.push(Bytes::from([fixture.body.as_slice(), b" "].concat())).unwrap();
            match reception.finish() {
                Err(EarlyResponse::Rejected(rejection)) => Some(rejection.public_kind()),
                _ => None,
            }
        }
    };
    (work::taken(), kind)
}

/// A JWT that carries its certificates is checked against a root, for which there is no decoy.
fn has_certificates(provider: &Provider) -> bool {
    provider.scheme.jwt.as_ref().is_some_and(|rules| rules.certificates.is_some())
}

/// Otherwise the response time would reveal which tenants exist.
#[test]
fn an_unknown_tenant_costs_what_a_wrong_signature_costs() {
    let mut checked = 0;
    for provider in providers::all() {
        // If a signature names its key, a sender that knows the name of a tenant's key knows the tenant.
        let fixture = fixtures::of(provider).into_iter().next();
        let Some(fixture) =
            fixture.filter(|_| provider.scheme.key.after.is_empty() && !has_certificates(provider))
        else {
            continue;
        };
        let (_, key) = fixtures::keys(fixture.verifier.provider());
        let (wrong, kind) = of_tenant(&fixture, Some(SecretSet::new(key)));
        if kind != Some(ErrorKind::SignatureMismatch) {
            continue;
        }
        let (unknown, answered) = of_tenant(&fixture, None);
        let slug = &provider.slug;
        assert_eq!(answered, kind, "{slug}");
        assert!(unknown.abs_diff(wrong) <= wrong / 10, "{slug}: {unknown} instead of {wrong}");
        checked += 1;
    }
    assert!(checked > 150, "{checked}");
}
