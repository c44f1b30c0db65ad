//! Limits the shared keys that a request is tried with.

use crate::scheme::{Content, Scheme};

/// The number of shared keys that a request may be tried with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    /// The largest number for a body of 1 MiB whose content is as long. A shorter content is tried with more keys.
    pub(crate) most: usize,
    /// The number of keys that one secret may be converted into. All of them are always tried.
    forms: usize,
    /// The cost of one key and the limit on the cost of all, in hashes of a body of 1 MiB.
    per_key: usize,
    limit: usize,
}

impl Tries {
    pub(super) fn of(scheme: &Scheme, content: &Content) -> Self {
        let forms = (1 + scheme.key.alternatives.len()) * scheme.algorithm.choices().count();
        let (per_key, most) = (scheme.hashes_per_key(), scheme.most_hashes(content));
        // Finding items and signatures in a body costs several hashes of it.
        let is_in_body = scheme.for_each.is_some() || scheme.signature.at.is_in_body();
        let limit = if is_in_body { most / 2 } else { most.min(12) };
        Self { most: limit.checked_div(per_key).unwrap_or(usize::MAX), forms, per_key, limit }
    }

    /// Returns whether one secret costs at most as many hashes.
    pub(super) const fn is_one_secret_within(self, hashes: usize) -> bool {
        self.forms * self.per_key <= hashes
    }

    /// Returns whether another key would cost more than the limit. `content` and `body` are lengths: escaped content is
    /// longer than its body, and single values of it are shorter.
    pub(crate) fn are_spent(self, tried: usize, body: usize, content: usize) -> bool {
        let next = (tried + 1).saturating_mul(self.per_key).saturating_mul(content);
        tried >= self.forms && next > self.limit.saturating_mul(body.max(1 << 20))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Algorithm, Encoding, Format, KeyFormat, Location, SignatureField};

    const MIB: usize = 1 << 20;

    fn tries(algorithm: Algorithm, content: &'static str, key: KeyFormat) -> Tries {
        let header = SignatureField::header("x-signature", Encoding::Hex);
        let scheme = Scheme::new(algorithm, header, content).with_key(key);
        Tries::of(&scheme, &scheme.content.parse().unwrap())
    }

    /// Returns the number of keys that are tried.
    fn number(tries: Tries, body: usize, content: usize) -> usize {
        (1..1_000).find(|tried| tries.are_spent(*tried, body, content)).unwrap_or(usize::MAX)
    }

    #[test]
    fn keys_are_tried_in_proportion_to_the_content() {
        let body = tries(Algorithm::HmacSha256, "{body}", KeyFormat::UTF8);
        let text = tries(Algorithm::HmacSha256, "{body:json-string}", KeyFormat::UTF8);
        let long = tries(Algorithm::HmacSha512, "{body:json-string}", KeyFormat::UTF8);
        for (tries, body, content, expected) in [
            (body, MIB, MIB, 12),
            (body, MIB / 2, MIB / 2, 24),
            (body, 8 * MIB, 8 * MIB, 12),
            (body, 100, 100, usize::MAX),
            (text, MIB, MIB, 4),
            (text, MIB, 2 * MIB, 2),
            (text, MIB, MIB / 3, 12),
            (long, MIB, MIB, 1),
            (long, MIB, MIB / 3 * 2, 2),
            (long, MIB, 0, usize::MAX),
        ] {
            assert_eq!(number(tries, body, content), expected, "{tries:?}: {body}, {content}");
        }
        let derived = |signature: SignatureField, each: bool| {
            let scheme = Scheme::new(Algorithm::HmacSha256, signature, "{json:/a}");
            let scheme = if each { scheme.for_each("/items/*") } else { scheme };
            number(Tries::of(&scheme, &scheme.content.parse().unwrap()), MIB, MIB)
        };
        let (header, member) = (
            SignatureField::header("x-signature", Encoding::Hex),
            SignatureField::at(Location::json("/signature"), Format::BARE, Encoding::Hex),
        );
        assert_eq!(derived(header.clone(), false), 4);
        assert_eq!([derived(member.clone(), false), derived(header, true), derived(member, true)], [2; 3]);
        let token = tries(Algorithm::Token, "", KeyFormat::UTF8);
        assert_eq!((token.most, number(token, MIB, MIB)), (usize::MAX, usize::MAX));
    }

    #[test]
    fn all_forms_of_one_secret_are_tried() {
        const MORE: &[KeyFormat] = &[KeyFormat::HEX, KeyFormat::HEX, KeyFormat::HEX];
        let text = tries(Algorithm::HmacSha256, "{body:json-string}", KeyFormat::UTF8.or(MORE));
        assert!(text.is_one_secret_within(4));
        assert_eq!(number(text, MIB, 2 * MIB), 4);
        let long = tries(Algorithm::HmacSha512, "{body:json-string}", KeyFormat::UTF8.or(MORE));
        assert!(!long.is_one_secret_within(4));
    }
}
