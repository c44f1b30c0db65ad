//! Checks that verifying a delivery does not allocate, from the first one on.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use allocation_counter::measure;
use bytes::Bytes;
use countersign::scheme::{Algorithm, Location};
use countersign::{Head, Provider, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_benches::keys::secret;
use countersign_benches::sample::SENDERS;

/// All inputs are new for each request, as on a server: nothing is warmed up by an earlier one.
#[test]
fn verifying_allocates_nothing() {
    for sender in SENDERS {
        let (slug, verifier) = (&*sender.provider.slug, sender.verifier());
        for nth in 1..=100 {
            let headers = sender.sign(Bytes::from(body(slug)), NOW).headers;
            let body = Bytes::from(body(slug));
            let found = measure(|| drop(verifier.verify(&Head::new(&headers), body, NOW).unwrap()));
            assert_eq!(found.count_total, 0, "{slug}, delivery {nth}");
        }
    }
}

/// The same for all declarations with signature and timestamp in headers and an unchanged signed body.
#[test]
fn verifying_with_any_header_signed_hmac_allocates_nothing() {
    let mut checked = 0;
    for provider in providers::all().filter(|provider| is_signed_in_headers(provider)) {
        let slug = &*provider.slug;
        let signer = Signer::new(provider, secret(provider)).unwrap();
        let body = Bytes::from(body(slug));
        let request = SigningRequest::new(body.clone(), NOW).with_id("msg_1").with_event_type("a.b");
        // The signed content may need a header that only the provider knows, or a URL.
        let Ok(headers) = signer.sign(&request) else { continue };
        let verifier = Verifier::new(provider, secret(provider)).unwrap();
        let found = measure(|| drop(verifier.verify(&Head::new(&headers), body, NOW).unwrap()));
        assert_eq!(found.count_total, 0, "{slug}");
        checked += 1;
    }
    assert!(checked >= FEWEST, "{checked}");
}

fn is_signed_in_headers(provider: &Provider) -> bool {
    let scheme = &provider.scheme;
    let in_header = |at: &Location| matches!(at, Location::Header(_));
    let in_head = |at: &Location| {
        in_header(at) || matches!(at, Location::SignatureItem(_) | Location::SignatureIndex(_))
    };
    let hmac = [Algorithm::HmacMd5, Algorithm::HmacSha1, Algorithm::HmacSha256, Algorithm::HmacSha512];
    let content = scheme.content.as_str();
    hmac.contains(&scheme.algorithm)
        && in_header(&scheme.signature.at)
        && scheme.timestamp.as_ref().is_none_or(|timestamp| in_head(&timestamp.at))
        && content.ends_with("{body}")
        && !content.contains("{?")
        && !content.contains("{headers")
        && scheme.checks.is_empty()
        && scheme.key_id.is_none()
}

/// Checks the counter itself.
#[test]
fn a_clone_of_the_headers_is_seen() {
    let [sender, ..] = SENDERS else { unreachable!("there are senders") };
    let sample = sender.sign(Bytes::new(), NOW);
    assert!(measure(|| drop(sample.headers.clone())).count_total > 0);
}

/// Returns a body with an id and a type at all places where one of the senders has them.
fn body(slug: &str) -> Vec<u8> {
    let event = if slug == "slack" { r#"{"type":"message"}"# } else { r#""job.done""# };
    let fields = r#""id":"evt_1","type":"invoice.paid","event_name":"a","event_id":"e""#;
    format!(r#"{{{fields},"event":{event},"x":"{}"}}"#, "x".repeat(1000)).into_bytes()
}

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// The smallest number of declarations that this applies to.
const FEWEST: usize = 140;
