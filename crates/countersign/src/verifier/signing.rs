//! Finds the key that signed a request.

use super::rendered::Rendered;
use super::signed_parts::SignedParts;
use crate::compiled::{VerifierInner, challenges};
use crate::error::VerifyError;
use crate::mac::{Budget, Expected, Key, Mac};
use crate::time::UnixTime;

/// The inputs of a signature.
pub(super) struct Signing<'a> {
    pub(super) inner: &'a VerifierInner,
    pub(super) signed_parts: &'a SignedParts,
    pub(super) signed: &'a [u8],
    /// The length of the body, or of the item of it, that the content is derived from.
    pub(super) body_len: usize,
    pub(super) running: &'a [Mac],
}

impl Signing<'_> {
    /// Runs one computation per key and compares it with every signature.
    #[inline]
    pub(super) fn matching_key(&self, signatures: &[&[u8]], began: UnixTime) -> Result<usize, VerifyError> {
        let mut tried = 0;
        for (index, key) in self.inner.keys.active(began) {
            if self.is_spent(tried) {
                break;
            }
            let expected = match self.running.get(tried) {
                Some(mac) => self.end(key, mac.clone()),
                None => self.sign(key, &self.signed_parts.prefix),
            };
            tried += 1;
            let is_right = |expected: &Expected<'_>| match signatures {
                [signature] => expected.matches(signature),
                _ => signatures.iter().any(|signature| expected.matches(signature)),
            };
            if is_right(&expected) {
                return Ok(index);
            }
            if let Some(instead) = self.signed_parts.alternative_prefix()
                && is_right(&self.sign(key, &instead))
            {
                return Ok(index);
            }
        }
        Err(VerifyError::SignatureMismatch { keys: tried })
    }

    /// Returns whether the content was hashed with as many keys as are tried.
    fn is_spent(&self, tried: usize) -> bool {
        self.inner.compiled.tries.are_spent(tried, self.body_len, self.signed.len())
    }

    /// Returns the key that signed, of any kind.
    pub(super) fn signing_key(
        &self,
        signatures: &[&[u8]],
        began: UnixTime,
        budget: &mut Budget,
    ) -> Result<usize, VerifyError> {
        if !self.inner.compiled.provider.scheme.algorithm.is_asymmetric() {
            return self.matching_key(signatures, began);
        }
        let keys = || self.inner.keys.active(began);
        let found = keys().next().and_then(|(_, any)| {
            self.messages(any).find_map(|message| {
                keys().find(|(_, key)| key.accepts(&message, signatures, budget)).map(|(index, _)| index)
            })
        });
        found.ok_or_else(|| VerifyError::SignatureMismatch { keys: keys().count() })
    }

    /// Returns the messages that public keys verify, one per reading of the content. No key takes part in them: any
    /// one of the scheme starts the computation.
    fn messages(&self, any: &Key) -> impl Iterator<Item = Vec<u8>> {
        let first = || {
            let running = self.running.first().cloned();
            running.unwrap_or_else(|| self.start(any, &self.signed_parts.prefix))
        };
        let second = || self.signed_parts.alternative_prefix().map(|instead| self.start(any, &instead));
        let computed = std::iter::once_with(move || Some(first())).chain(std::iter::once_with(second));
        computed.flatten().map(|mac| self.completed(any, mac).into_message())
    }

    /// Returns whether this key made one of the signatures, of any kind.
    pub(super) fn is_by(&self, key: &Key, signatures: &[&[u8]], budget: &mut Budget) -> bool {
        if !self.inner.compiled.provider.scheme.algorithm.is_asymmetric() {
            let expected = self.sign(key, &self.signed_parts.prefix);
            return signatures.iter().any(|signature| expected.matches(signature));
        }
        !budget.is_spent() && self.messages(key).any(|message| key.accepts(&message, signatures, budget))
    }

    /// Returns a computation that has hashed everything up to the end of the body.
    fn start(&self, key: &Key, before: &Rendered) -> Mac {
        let mut mac = key.start();
        before.absorb_into(&mut mac, key);
        mac.update(self.signed);
        mac
    }

    /// Returns the first key that made the signature which names it.
    pub(super) fn named_key(
        &self,
        signatures: &[(&[u8], &[u8])],
        began: UnixTime,
        budget: &mut Budget,
    ) -> Result<usize, VerifyError> {
        let (mut keys, mut named) = (0, false);
        for (index, key) in self.inner.keys.active(began) {
            keys += 1;
            let mut of_key = signatures.iter().filter(|(tag, _)| *tag == key.id().as_bytes()).peekable();
            if of_key.peek().is_none() {
                continue;
            }
            if named && self.is_spent(keys) {
                break;
            }
            named = true;
            let signatures: Vec<&[u8]> = of_key.map(|(_, signature)| *signature).collect();
            if self.is_by(key, &signatures, budget) {
                return Ok(index);
            }
        }
        Err(if named { VerifyError::SignatureMismatch { keys } } else { VerifyError::NoMatchingPublicKey })
    }

    /// Rejects content that a handshake would sign for any sender, because its signature proves nothing.
    #[cold]
    pub(super) fn refuse_challenges(&self) -> Result<(), VerifyError> {
        let compiled = &*self.inner.compiled;
        if compiled.challenges.is_empty() {
            return Ok(());
        }
        let after = self.signed_parts.suffix().map(|after| after.as_bytes()).unwrap_or_default();
        let instead = self.signed_parts.alternative_prefix();
        let before = [Some(&self.signed_parts.prefix), instead.as_deref()];
        let mut contents = before.into_iter().flatten().map(|before| [before.as_bytes(), self.signed, after]);
        contents.try_for_each(|content| challenges::refuse(compiled, &content))
    }

    #[inline]
    fn sign<'k>(&self, key: &'k Key, before: &Rendered) -> Expected<'k> {
        match (self.signed_parts.suffix(), before.without_secret()) {
            (None, Some(before)) => key.sign(&[before, self.signed]),
            (after, _) => {
                let [a, b, c] = before.pieces(key);
                let [d, e, f] = after.map(|after| after.pieces(key)).unwrap_or_default();
                key.sign(&[a, b, c, self.signed, d, e, f])
            }
        }
    }

    /// Completes a computation that has hashed everything up to the end of the body.
    fn end<'k>(&self, key: &'k Key, mac: Mac) -> Expected<'k> {
        key.expected(self.completed(key, mac))
    }

    /// Adds the signed bytes after the body.
    fn completed(&self, key: &Key, mut mac: Mac) -> Mac {
        if let Some(after) = self.signed_parts.suffix() {
            after.absorb_into(&mut mac, key);
        }
        mac
    }
}

#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#[cfg(all(feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use http::HeaderMap;

    use crate::mac::{Budget, SPENT};
    use crate::providers::{SENDGRID, STANDARD_WEBHOOKS_V1A, WISE};
    use crate::scheme::{
        Algorithm, Encoding, Format, KeyEncoding, KeyFormat, Location, Scheme, SignatureField,
    };
    use crate::{Head, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier};

    /// Returns the public-key operations of a request with these signatures in its header under this many keys.
    fn operations(provider: &Provider, keys: usize, key: impl Fn(usize) -> String, field: &str) -> usize {
        let secret = |n| Secret::new(key(n)).unwrap();
        let set = (1..keys).fold(SecretSet::new(secret(0)), |set, n| set.with(n.to_string(), secret(n)));
        let verifier = Verifier::new(provider.clone(), set).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1700000000"),
            ("webhook-signature", field),
            ("x-signature-sha256", field),
            ("x-twilio-email-event-webhook-signature", field),
            ("x-twilio-email-event-webhook-timestamp", "1700000000"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let before = SPENT.get();
        let verdict = verifier.verify(&Head::new(&headers), "{}", UnixTime::from_secs(1_700_000_000));
        assert!(verdict.is_err());
        SPENT.get() - before
    }

    fn ed25519(n: usize) -> String {
        let seed = [u8::try_from(n).unwrap() + 1; 32];
        STANDARD.encode(ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key().as_bytes())
    }

    fn signatures(all: impl IntoIterator<Item = u8>) -> String {
        let one = |byte| format!("v1a,{}", STANDARD.encode([byte; 64]));
        all.into_iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_times_signatures_cost_a_bounded_number_of_operations() {
        for (keys, signed, expected) in
            [(1, 1, 1), (1, 16, 16), (4, 3, 12), (4, 4, 16), (4, 16, 16), (16, 1, 16), (16, 16, 16)]
        {
            let spent = operations(&STANDARD_WEBHOOKS_V1A, keys, ed25519, &signatures(0..signed));
            assert_eq!(spent, expected, "{keys} keys, {signed} signatures");
            assert!(spent <= Budget::OPERATIONS);
        }
    }

    #[test]
    fn equal_signatures_are_tried_once() {
        let equal = signatures([7; 16]);
        assert_eq!(operations(&STANDARD_WEBHOOKS_V1A, 4, ed25519, &equal), 4);
        let (padded, bare) = (STANDARD.encode([7; 64]), STANDARD.encode([7; 64]).replace('=', ""));
        let field = format!("v1a,{padded} v1a,{bare}");
        assert_eq!(operations(&STANDARD_WEBHOOKS_V1A, 1, ed25519, &field), 1);
    }

    #[test]
    fn what_cannot_be_a_signature_costs_none() {
        let rsa = include_str!("../../tests/data/keys/rsa2048.spki.pem");
        let ec = include_str!("../../tests/data/keys/ec.spki.pem");
        for (bytes, by_rsa, by_ec) in [(vec![1; 255], 0, 0), (vec![1; 256], 1, 0), (vec![1; 64], 0, 1)] {
            let field = STANDARD.encode(&bytes);
            let length = bytes.len();
            assert_eq!(operations(&WISE, 1, |_| rsa.to_owned(), &field), by_rsa, "RSA, {length}");
            assert_eq!(operations(&SENDGRID, 1, |_| ec.to_owned(), &field), by_ec, "ECDSA, {length}");
        }
    }

    /// The first item finds the key, and the others are verified with it: 8 operations are enough for one item with four
    /// keys, and four more.
    #[test]
    fn the_key_of_one_item_is_the_first_that_is_tried_for_the_next() {
        let header = SignatureField::header("x-signature", Encoding::Base64);
        let own = |scheme| Provider::new("own", "Own", scheme);
        let private = Secret::new(include_str!("../../tests/data/keys/ed.pkcs8.pem")).unwrap();
        let signer = Signer::new(own(Scheme::new(Algorithm::Ed25519, header, "{body}")), private).unwrap();
        let at = UnixTime::from_secs(1_700_000_000);
        let items = |signed: &[&str], sent: &[&str]| {
            let item = |(signed, sent): (&&str, &&str)| {
                let signature = signer.signature(&SigningRequest::new((*signed).to_owned(), at)).unwrap();
                format!(r#"{{"id":"{sent}","signature":"{signature}"}}"#)
            };
            let items: Vec<_> = signed.iter().zip(sent).map(item).collect();
            format!(r#"{{"items":[{}]}}"#, items.join(","))
        };
        let member = SignatureField::at(Location::json("/signature"), Format::BARE, Encoding::Base64);
        let scheme = Scheme::new(Algorithm::Ed25519, member, "{json:/id}").for_each("/items/*");
        let public = Secret::new(include_str!("../../tests/data/keys/ed.spki.pem")).unwrap();
        let others = (1..4).fold(SecretSet::named("0", Secret::new(ed25519(0)).unwrap()), |set, n| {
            if n == 3 {
                set.with("own", public.clone())
            } else {
                set.with(n.to_string(), Secret::new(ed25519(n)).unwrap())
            }
        });
        let verifier = Verifier::new(own(scheme), others).unwrap();
        let headers = http::HeaderMap::new();
        let verify = |body: String| {
            verifier.verify(&Head::new(&headers), body, at).map(|found| found.key().to_owned())
        };
        let ids = ["a", "b", "c", "d", "e", "f"];
        assert_eq!(verify(items(&ids[..5], &ids[..5])).as_deref(), Ok("own"));
        assert!(verify(items(&ids, &ids)).is_err(), "nine operations");
        for changed in 0..3 {
            let mut sent = ["a", "b", "c"];
            sent[changed] = "x";
            assert!(verify(items(&ids[..3], &sent)).is_err(), "{changed}");
        }
    }

    #[test]
    fn more_keys_than_a_request_is_tried_with_are_refused() {
        let secret = |n| Secret::new(ed25519(n)).unwrap();
        let set = (1..17).fold(SecretSet::new(secret(0)), |set, n| set.with(n.to_string(), secret(n)));
        let error = Verifier::new(&STANDARD_WEBHOOKS_V1A, set).unwrap_err();
        assert!(error.to_string().contains("17 public keys"), "{error}");
        // A request that names its key is tried with that one.
        let names_key = |scheme: Scheme| Provider { scheme, ..STANDARD_WEBHOOKS_V1A.clone() };
        let scheme = || STANDARD_WEBHOOKS_V1A.scheme.clone();
        for scheme in [
            scheme().with_key_id(Location::header("x-key")),
            scheme().with_key(KeyFormat::new("", KeyEncoding::Utf8).behind(":")),
        ] {
            let named = |n: usize| Secret::new(format!("{n}:{}", ed25519(n))).unwrap();
            let plain = scheme.key.after.is_empty();
            let set = (1..17).fold(SecretSet::new(if plain { secret(0) } else { named(0) }), |set, n| {
                set.with(n.to_string(), if plain { secret(n) } else { named(n) })
            });
            let built = Verifier::new(names_key(scheme), set);
            assert!(built.is_ok(), "{built:?}");
        }
        // Content that is derived from the body costs something, too.
        let derived = STANDARD_WEBHOOKS_V1A.clone();
        let derived = Provider { scheme: derived.scheme.clone().with_content("{json:/id}"), ..derived };
        for (provider, most) in [(STANDARD_WEBHOOKS_V1A.clone(), 16), (derived, 8)] {
            for number in [most, most + 1] {
                let set =
                    (1..number).fold(SecretSet::new(secret(0)), |set, n| set.with(n.to_string(), secret(n)));
                assert_eq!(
                    Verifier::new(provider.clone(), set).is_ok(),
                    number == most,
                    "{number} of {most}"
                );
            }
        }
        // Those that end are few at any time, and those that are looked up are named by the request.
        let until = UnixTime::from_secs(1_700_000_000);
        let ending =
            (1..17).fold(SecretSet::new(secret(0)), |set, n| set.with_until(n.to_string(), secret(n), until));
        assert!(Verifier::new(&STANDARD_WEBHOOKS_V1A, ending).is_ok());
    }
}
