//! Which key signed.

use super::Core;
use super::render::{Around, Rendered};
use crate::error::VerifyError;
use crate::mac::{Expected, Key, Mac};
use crate::time::UnixTime;

/// Everything that goes into a signature.
pub(super) struct Signing<'a> {
    pub(super) core: &'a Core,
    pub(super) around: &'a Around,
    pub(super) signed: &'a [u8],
    pub(super) running: &'a [Mac],
}

impl Signing<'_> {
    /// One computation per key, compared with every signature.
    #[inline]
    pub(super) fn matching_key(&self, signatures: &[&[u8]], began: UnixTime) -> Result<usize, VerifyError> {
        let mut tried = 0;
        for (index, key) in self.core.keys.active(began) {
            let expected = match self.running.get(tried) {
                Some(mac) => self.end(key, mac.clone()),
                None => self.sign(key, &self.around.before),
            };
            tried += 1;
            let is_right = |expected: &Expected<'_>| match signatures {
                [signature] => expected.matches(signature),
                _ => signatures.iter().any(|signature| expected.matches(signature)),
            };
            if is_right(&expected) {
                return Ok(index);
            }
            if let Some(instead) = self.around.instead()
                && is_right(&self.sign(key, instead))
            {
                return Ok(index);
            }
        }
        Err(VerifyError::SignatureMismatch { keys: tried })
    }

    /// The key that signed, whatever kind of key it is.
    pub(super) fn signing_key(&self, signatures: &[&[u8]], began: UnixTime) -> Result<usize, VerifyError> {
        if !self.core.plan.provider.scheme.algorithm.is_asymmetric() {
            return self.matching_key(signatures, began);
        }
        let mut tried = 0;
        for (index, key) in self.core.keys.active(began) {
            if self.is_by(key, self.running.get(tried), signatures) {
                return Ok(index);
            }
            tried += 1;
        }
        Err(VerifyError::SignatureMismatch { keys: tried })
    }

    /// Whether the key made one of the signatures. `running` has seen the body already.
    fn is_by(&self, key: &Key, running: Option<&Mac>, signatures: &[&[u8]]) -> bool {
        if !self.core.plan.provider.scheme.algorithm.is_asymmetric() {
            let expected = self.sign(key, &self.around.before);
            return signatures.iter().any(|signature| expected.matches(signature));
        }
        let is_right = |mac| key.verifies(self.completed(key, mac), signatures);
        let mac = running.cloned().unwrap_or_else(|| self.start(key, &self.around.before));
        let instead = self.around.instead();
        is_right(mac) || instead.is_some_and(|instead| is_right(self.start(key, instead)))
    }

    /// A computation that has seen everything up to the end of the body.
    fn start(&self, key: &Key, before: &Rendered) -> Mac {
        let mut mac = key.start();
        before.absorb_into(&mut mac, key);
        mac.update(self.signed);
        mac
    }

    /// The first key that made the signature which names it.
    pub(super) fn named_key(
        &self,
        signatures: &[(&[u8], &[u8])],
        began: UnixTime,
    ) -> Result<usize, VerifyError> {
        let (mut keys, mut named) = (0, false);
        for (index, key) in self.core.keys.active(began) {
            keys += 1;
            let mut of_key = signatures.iter().filter(|(tag, _)| *tag == key.id().as_bytes()).peekable();
            if of_key.peek().is_none() {
                continue;
            }
            named = true;
            let signatures: Vec<&[u8]> = of_key.map(|(_, signature)| *signature).collect();
            if self.is_by(key, None, &signatures) {
                return Ok(index);
            }
        }
        Err(if named { VerifyError::SignatureMismatch { keys } } else { VerifyError::UnknownKey })
    }

    #[inline]
    fn sign<'k>(&self, key: &'k Key, before: &Rendered) -> Expected<'k> {
        match (self.around.after(), before.without_secret()) {
            (None, Some(before)) => key.sign(&[before, self.signed]),
            (after, _) => {
                let [a, b, c] = before.pieces(key);
                let [d, e, f] = after.map(|after| after.pieces(key)).unwrap_or_default();
                key.sign(&[a, b, c, self.signed, d, e, f])
            }
        }
    }

    /// Ends a computation that has seen everything up to the end of the body.
    fn end<'k>(&self, key: &'k Key, mac: Mac) -> Expected<'k> {
        key.expected(self.completed(key, mac))
    }

    /// With what comes after the body.
    fn completed(&self, key: &Key, mut mac: Mac) -> Mac {
        if let Some(after) = self.around.after() {
            after.absorb_into(&mut mac, key);
        }
        mac
    }
}
