use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::diagnose::{Captured, Diagnoser, Diagnosis, Effort};
use crate::head::{Head, Headers};
use crate::secret::SecretSet;
use crate::time::UnixTime;

/// The diagnoser for rejected requests, with its rate limit.
pub(super) struct Diagnosing {
    diagnoser: Diagnoser,
    /// The time of the last diagnosis, in milliseconds.
    last: AtomicI64,
}

/// A captured request whose signature may turn out to be wrong.
pub(super) struct Evidence {
    diagnosing: Arc<Diagnosing>,
    tenant: Option<SecretSet>,
    captured: Captured,
    now: UnixTime,
}

impl Diagnosing {
    pub(super) fn new(diagnoser: Diagnoser) -> Self {
        Self { diagnoser: diagnoser.with_effort(Effort::SHORT), last: AtomicI64::new(i64::MIN) }
    }

    /// Returns whether the next diagnosis is due.
    fn is_due(&self, now: UnixTime) -> bool {
        let (now, last) = (now.as_millis(), self.last.load(Ordering::Relaxed));
        now.saturating_sub(last) >= SPACING_MILLIS
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Evidence {
    pub(super) fn of<H: Headers>(
        diagnosing: &Arc<Diagnosing>,
        head: &Head<'_, H>,
        tenant: Option<SecretSet>,
    ) -> Box<Self> {
        let mut headers = HeaderMap::new();
        head.headers().for_each(|name, value| {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        });
        let captured = Captured::new(headers, Bytes::new()).with_method(head.method());
        let captured = match head.url() {
            Some(url) => captured.with_url(url),
            None => captured,
        };
        let now = UnixTime::from_millis(0);
        Box::new(Self { diagnosing: Arc::clone(diagnosing), tenant, captured, now })
    }

    /// Adds the body if it is small enough to be kept.
    pub(super) fn with_body(mut self: Box<Self>, body: Option<Bytes>, now: UnixTime) -> Option<Box<Self>> {
        self.captured.body = body.filter(|body| body.len() <= MOST_BYTES)?;
        self.now = now;
        Some(self)
    }

    /// Diagnoses the request. Returns `None` if the last diagnosis was less than a second ago, because senders of
    /// wrong signatures decide how often this is called.
    pub(super) fn diagnose(&self) -> Option<Diagnosis> {
        let Self { diagnosing, tenant, captured, now } = self;
        if !diagnosing.is_due(*now) {
            return None;
        }
        let diagnoser = &diagnosing.diagnoser;
        Some(match tenant {
            Some(secrets) => diagnoser.for_secrets(secrets).diagnose(captured, *now),
            None => diagnoser.diagnose(captured, *now),
        })
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").finish_non_exhaustive()
    }
}

/// The shortest time between two diagnoses, which take milliseconds each.
const SPACING_MILLIS: i64 = 1000;

/// The largest body that is kept. Most payloads are smaller, and the effort would allow only a few hashes of a
/// larger one.
pub(super) const MOST_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Cause;
    use crate::providers::preflix;
    use crate::receiver::{EarlyResponse, Receiver, Rejection};
    use crate::secret::Secret;
    use crate::sign::{Signer, SigningRequest};
    use crate::verifier::Verifier;

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
    const BODY: &str = r#"{"a":1}"#;

    fn secrets(text: &str) -> SecretSet {
        SecretSet::new(Secret::new(text).unwrap())
    }

    fn receiver() -> Receiver {
        let verifier =
            Verifier::new(&preflix::PROVIDER, secrets("a secret")).unwrap().with_body_limit(1 << 20);
        let diagnoser = Diagnoser::new(&preflix::PROVIDER).with_secrets(&secrets("a secret"));
        Receiver::builder(verifier).with_clock(NOW).with_diagnosis(diagnoser).build().unwrap()
    }

    /// Rejects a request signed with this secret whose body arrives in these pieces.
    fn rejected(receiver: &Receiver, secret: &str, tenant: Option<SecretSet>, pieces: &[&str]) -> Rejection {
        let signer = Signer::new(&preflix::PROVIDER, secrets(secret)).unwrap();
        let headers = signer.sign(&SigningRequest::new(BODY, NOW)).unwrap();
        let tenant = tenant.map(|secrets| Ok(Some(secrets)));
        let Ok(mut reception) = receiver.begin("POST", "/", &headers, tenant) else {
            panic!("the head is in order")
        };
        for piece in pieces {
            reception.push(Bytes::copy_from_slice(piece.as_bytes())).unwrap();
        }
        match reception.finish() {
            Err(EarlyResponse::Rejected(rejection)) => rejection,
            _ => panic!("it is not rejected"),
        }
    }

    fn code(rejection: &Rejection) -> Option<&'static str> {
        rejection.diagnose().map(|diagnosis| diagnosis.cause().map_or("unexplained", Cause::code))
    }

    #[test]
    fn a_wrong_signature_is_explained_at_most_once_a_second() {
        let receiver = receiver();
        let rejection = rejected(&receiver, "a secret", None, &["{\n", "  \"a\": 1\n}"]);
        assert_eq!(code(&rejection), Some("body_pretty_printed"));
        assert_eq!(code(&rejection), None);
        assert_eq!(code(&rejected(&receiver, "a secret", None, &[BODY, "\n"])), None);
        let later = receiver.to_builder().with_clock(UnixTime::from_secs(NOW.as_secs() + 1)).build().unwrap();
        assert_eq!(code(&rejected(&later, "a secret", None, &[BODY, "\n"])), Some("body_trailing_newline"));
    }

    #[test]
    fn the_secrets_of_the_tenant_are_the_ones_to_look_at() {
        let rejection = rejected(&receiver(), "theirs", Some(secrets("\"theirs\"")), &[BODY]);
        assert_eq!(code(&rejection), Some("secret_quoted"));
    }

    #[test]
    fn other_mistakes_than_a_wrong_signature_are_not_explained() {
        // The delivery is genuine, but the body has no field for the type.
        let rejection = rejected(&receiver(), "a secret", None, &[BODY, "\n"]);
        assert!(rejection.with_evidence(None).diagnose().is_some());
        let other = rejected(&receiver(), "a secret", None, &[BODY, "\n"]);
        let evidence = other.evidence_of_tests();
        let missing = Rejection::from(crate::error::ErrorKind::MissingSignature);
        assert!(missing.with_evidence(evidence).diagnose().is_none());
    }

    #[test]
    fn a_large_body_is_not_kept() {
        let large = "x".repeat(MOST_BYTES + 1);
        assert_eq!(code(&rejected(&receiver(), "a secret", None, &[&large])), None);
    }
}
