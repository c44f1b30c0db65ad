//! Tokens that show that a page of this console was the origin of a request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::UnixTime;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The key of the tokens. A token is bound to the operator and to a purpose.
#[derive(Clone)]
pub(crate) struct Seal(Arc<[u8]>);

impl Seal {
    /// Makes a random key.
    pub(crate) fn random() -> Self {
        let halves = [Uuid::new_v4(), Uuid::new_v4()];
        Self(halves.iter().flat_map(|half| *half.as_bytes()).collect())
    }

    pub(crate) fn with_key(key: &[u8]) -> Self {
        Self(key.into())
    }

    /// Returns a token of texts that is valid for some time: the time, and the MAC of both.
    pub(crate) fn token(&self, texts: &[&str], now: UnixTime) -> String {
        let at = now.as_secs().to_string();
        let mac = self.sign(&[texts, &[&*at]].concat());
        format!("{at}.{mac}")
    }

    /// Returns whether a token is one of these texts, and not too old.
    pub(crate) fn is_token(&self, token: &str, texts: &[&str], now: UnixTime, lifetime: Duration) -> bool {
        let Some((at, mac)) = token.split_once('.') else { return false };
        let age = at.parse::<i64>().ok().and_then(|at| now.as_secs().checked_sub(at));
        let is_fresh =
            age.and_then(|age| u64::try_from(age).ok()).is_some_and(|age| age <= lifetime.as_secs());
        is_fresh && self.verify(&[texts, &[at]].concat(), mac)
    }

    /// Returns the token for a form of an operator.
    pub(crate) fn form_token(&self, operator: &str, now: UnixTime) -> String {
        self.token(&["form", operator], now)
    }

    /// Returns whether a token is one for a form of this operator, and not too old.
    pub(crate) fn is_form_token(&self, token: &str, operator: &str, now: UnixTime) -> bool {
        self.is_token(token, &["form", operator], now, FORM_LIFETIME)
    }

    /// Returns the MAC of texts, in hexadecimal.
    fn sign(&self, texts: &[&str]) -> String {
        const_hex::encode(self.mac(texts).finalize().into_bytes())
    }

    /// Returns whether a MAC is that of the texts. The comparison takes constant time.
    fn verify(&self, texts: &[&str], mac: &str) -> bool {
        const_hex::decode(mac).is_ok_and(|mac| self.mac(texts).verify_slice(&mac).is_ok())
    }

    /// Computes over texts with their lengths, so that no two lists have the same content.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn mac(&self, texts: &[&str]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is right");
        for text in texts {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal([redacted])")
    }
}

/// Long enough to read a confirmation, and shorter than a working day.
pub(crate) const FORM_LIFETIME: Duration = Duration::from_secs(2 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME_SECS: i64 = 2 * 3600;
    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

    #[test]
    fn a_token_is_for_one_operator_and_some_time() {
        let seal = Seal::random();
        let token = seal.form_token("ada", NOW);
        let later = |secs| UnixTime::from_secs(NOW.as_secs() + secs);
        assert!(seal.is_form_token(&token, "ada", NOW));
        assert!(seal.is_form_token(&token, "ada", later(LIFETIME_SECS)));
        assert!(!seal.is_form_token(&token, "ada", later(LIFETIME_SECS + 1)));
        assert!(!seal.is_form_token(&token, "ada", later(-1)));
        assert!(!seal.is_form_token(&token, "bob", NOW));
        assert!(!Seal::random().is_form_token(&token, "ada", NOW));
        for wrong in ["", ".", "1700000000.", "1700000000", &token[1..], &format!("{token}0")] {
            assert!(!seal.is_form_token(wrong, "ada", NOW), "{wrong}");
        }
    }

    #[test]
    fn a_token_is_for_its_texts_and_ends() {
        let seal = Seal::random();
        let token = seal.token(&["notice", "ada", "controls"], NOW);
        let is = |texts: &[&str], secs| {
            let now = UnixTime::from_secs(NOW.as_secs() + secs);
            seal.is_token(&token, texts, now, Duration::from_secs(120))
        };
        assert!(is(&["notice", "ada", "controls"], 0) && is(&["notice", "ada", "controls"], 120));
        for (texts, secs) in [
            (&["notice", "ada", "controls"][..], 121),
            (&["notice", "ada", "controls"], -1),
            (&["notice", "ada", ""], 0),
            (&["notice", "bob", "controls"], 0),
            (&["form", "ada", "controls"], 0),
            (&["notice", "ada", "controls", "1700000000"], 0),
        ] {
            assert!(!is(texts, secs), "{texts:?} {secs}");
        }
    }

    #[test]
    fn each_list_of_texts_has_its_own_mac() {
        let seal = Seal::with_key(b"key");
        let macs =
            [seal.sign(&["ab", "c"]), seal.sign(&["a", "bc"]), seal.sign(&["abc"]), seal.sign(&["abc", ""])];
        assert!((0..4).all(|at| macs[at + 1..].iter().all(|other| *other != macs[at])), "{macs:?}");
        assert!(seal.verify(&["ab", "c"], &macs[0]) && !seal.verify(&["ab", "c"], &macs[1]));
    }
}
