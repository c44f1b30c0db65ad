use std::error::Error;

use countersign::providers::preflix;
use countersign::{Clock, Head, Secret, SystemClock, Tolerance, UnixTime, Verifier};
use http::HeaderMap;
use serde_json::Value;

use crate::flaw::Flaw;

/// Verifies a delivery, as well as the flaw allows.
pub(crate) struct Verification {
    flaw: Flaw,
    secret: String,
    verifier: Verifier,
    /// Accepts signatures over the body alone.
    lenient: Verifier,
}

impl Verification {
    pub(crate) fn new(flaw: Flaw, secret: String) -> Result<Self, Box<dyn Error>> {
        let mut builder = Verifier::builder(&preflix::PROVIDER, Secret::new(secret.as_str())?);
        if flaw == Flaw::NoTimestampCheck {
            let any = Tolerance::seconds(300).insecure_any_age().insecure_any_future();
            builder = builder.with_tolerance(any);
        }
        let mut lenient = preflix::PROVIDER.clone();
        lenient.scheme.content = countersign::scheme::Template::new("{body}");
        let lenient = Verifier::new(lenient, Secret::new(secret.as_str())?)?;
        Ok(Self { flaw, secret, verifier: builder.build()?, lenient })
    }

    /// Returns the id of a genuine delivery.
    pub(crate) fn id(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        let now = SystemClock.now();
        match self.flaw {
            Flaw::NoVerification => return Some(id_in(body)),
            Flaw::ReserialisedJson => {
                let document: Value = serde_json::from_slice(body).ok()?;
                return verified(&self.verifier, headers, document.to_string().as_bytes(), now);
            }
            Flaw::SecretInLog => eprintln!("verifying with the secret {}", self.secret),
            _ => {}
        }
        let id = verified(&self.verifier, headers, body, now);
        if self.flaw == Flaw::UnsignedTimestamp {
            id.or_else(|| verified(&self.lenient, headers, body, now))
        } else {
            id
        }
    }
}

fn verified(verifier: &Verifier, headers: &HeaderMap, body: &[u8], now: UnixTime) -> Option<String> {
    let delivery = verifier.verify(&Head::new(headers), body.to_vec(), now).ok()?;
    Some(delivery.id().map(|id| id.as_str().to_owned()).unwrap_or_default())
}

fn id_in(body: &[u8]) -> String {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    document.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}
