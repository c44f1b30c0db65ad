//! Rejects bodies that could be cut from the signed content at another place.

use super::boundaries::{GroupStart, Side};
use crate::error::VerifyError;
use crate::work;

/// The forms of bodies that are rejected so that the signed content has one reading. Few schemes need it.
#[derive(Debug, Default)]
pub(crate) struct BodyGuard {
    /// The beginnings of groups in front of the body.
    groups: Vec<GroupStart>,
    /// The sides on which digits would extend a timestamp of variable length.
    digits: Vec<Side>,
    /// Whether the signed content can be extended without the secret: see [`Self::check`].
    pub(crate) extendable: bool,
    /// The beginnings that a body must not have.
    pub(crate) forbidden_starts: Vec<Vec<u8>>,
}

impl BodyGuard {
    pub(crate) const fn is_needed(&self) -> bool {
        self.extendable
            || !self.forbidden_starts.is_empty()
            || !self.groups.is_empty()
            || !self.digits.is_empty()
    }

    pub(super) fn add_digits(&mut self, side: Option<Side>) {
        self.digits.extend(side);
    }

    pub(super) fn add_group(&mut self, start: Option<&GroupStart>) {
        self.groups.extend(start.cloned());
    }

    /// Checks a body whose signature was verified. `left_out` says whether a group of parts in front of it was omitted.
    ///
    /// A sender that knows the length of secret and content can extend a plain hash over both (length extension).
    /// The padding of the original content then stands in the middle of the body.
    #[cold]
    pub(crate) fn check(&self, left_out: bool, body: &[u8]) -> Result<(), VerifyError> {
        let malformed = |reason| Err(VerifyError::MalformedBody { reason });
        work::read(2 * body.len());
        if left_out && self.groups.iter().any(|start| start.begins(body)) {
            return malformed("begins like a part of the signed content that was left out");
        }
        if self.digits.iter().any(|side| side.goes_on(body)) {
            return malformed("goes on with digits beside a timestamp that could be longer");
        }
        if self.extendable && is_continued(body) {
            return malformed("holds the padding of a hash: a signed body was continued without the secret");
        }
        if self.forbidden_starts.iter().any(|start| body.starts_with(start)) {
            return malformed("begins like the signed content of another version");
        }
        Ok(())
    }
}

impl GroupStart {
    fn begins(&self, body: &[u8]) -> bool {
        match self {
            Self::Literal(literal) => body.starts_with(literal),
            Self::Digits(literal) => {
                let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
                digits > 0 && body.get(digits..).is_some_and(|rest| rest.starts_with(literal))
            }
        }
    }
}

impl Side {
    /// Returns whether the body has as many digits at this side as turn seconds into milliseconds, or the reverse.
    fn goes_on(self, body: &[u8]) -> bool {
        let adjoining: Option<&[u8; 3]> = match self {
            Self::Before => body.last_chunk(),
            Self::After => body.first_chunk(),
        };
        adjoining.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit))
    }
}

/// The largest number of bytes hashed in front of a body: a secret, a URL, a few headers.
const MOST_BEFORE_BODY: u64 = 1 << 20;

/// Returns whether the body contains the padding of a hash: a byte 0x80, zeros, and the number of preceding bits,
/// at the end of a block. MD5 writes the number in little-endian order, and SHA-512 has blocks of 128 bytes and a
/// longer number.
fn is_continued(body: &[u8]) -> bool {
    memchr::memchr_iter(0x80, body).any(|at| {
        let rest = body.get(at + 1..).unwrap_or_default();
        let zeros = rest.iter().take(136).take_while(|byte| **byte == 0).count();
        (0..=zeros.min(128)).any(|zeros| {
            let Some(number) = rest.get(zeros..).and_then(|rest| rest.first_chunk::<8>()) else {
                return false;
            };
            [u64::from_be_bytes(*number), u64::from_le_bytes(*number)].into_iter().any(|bits| {
                let (before, padding) = (bits / 8, (1 + zeros + number.len()) as u64);
                let at = at as u64;
                let is_possible = (at..=at + MOST_BEFORE_BODY).contains(&before);
                bits % 8 == 0 && is_possible && (before + padding).is_multiple_of(64)
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_must_not_begin_like_a_group_that_was_left_out() {
        let start = GroupStart::Digits(b":".to_vec());
        assert!(start.begins(b"1700000000:{}") && start.begins(b"1:"));
        for other in ["", "{}", ":{}", "17", "17{}:"] {
            assert!(!start.begins(other.as_bytes()), "{other}");
        }
        assert!(GroupStart::Literal(b"v1:".to_vec()).begins(b"v1:x"));
    }

    #[test]
    fn a_group_that_is_there_allows_any_body() {
        let guard = BodyGuard { groups: vec![GroupStart::Digits(b":".to_vec())], ..BodyGuard::default() };
        assert!(guard.check(false, b"1:x").is_ok());
        assert!(guard.check(true, b"1:x").is_err());
        assert!(guard.check(true, b"{}").is_ok());
    }

    #[test]
    fn the_padding_of_a_hash_is_found_wherever_it_stands() {
        for (secret, body) in [(36, 0_usize), (36, 53), (1, 54), (64, 64), (20, 500)] {
            let hashed = secret + body;
            let padding = |block: usize, number: &[u8]| {
                let mut padding = vec![0x80_u8];
                while !(hashed + padding.len() + number.len()).is_multiple_of(block) {
                    padding.push(0);
                }
                [padding.as_slice(), number].concat()
            };
            let bits = hashed as u64 * 8;
            for padding in [
                padding(64, &bits.to_be_bytes()),
                padding(64, &bits.to_le_bytes()),
                padding(128, &u128::from(bits).to_be_bytes()),
            ] {
                assert!(is_continued(&[&vec![b'a'; body], &*padding, b"{}"].concat()), "{secret} {body}");
            }
        }
        let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
        assert!(!is_continued(&binary) && !is_continued(&[0; 200]) && !is_continued(&[0x80; 200]));
        assert!(!is_continued("\u{80}\u{0}{}".as_bytes()));
    }

    #[test]
    fn a_number_of_bits_that_the_content_cannot_have_is_no_padding() {
        let body = |bits: u64| [b"a".as_slice(), &[0x80], &bits.to_be_bytes(), b"{}"].concat();
        // The number ends a block of 64 bytes: 55 bytes of content, and 9 of padding.
        let content = |blocks: u64| (blocks * 64 + 64 - 9) * 8;
        assert!(is_continued(&body(content(0))));
        assert!(is_continued(&body(content(100))));
        assert!(!is_continued(&body(content(1 << 40))), "no request is so long");
        assert!(!is_continued(&body(content(0) + 1)), "it is no number of whole bytes");
        assert!(!is_continued(&body(content(0) + 8)), "it does not end a block");
        assert!(
            !is_continued(&[vec![b'a'; 64].as_slice(), &body(content(0))].concat()),
            "there is more before it"
        );
    }

    #[test]
    fn one_form_that_is_refused_is_enough_to_need_a_guard() {
        let guard = BodyGuard::default;
        assert!(!guard().is_needed());
        let mut with_digits = guard();
        with_digits.add_digits(None);
        assert!(!with_digits.is_needed());
        with_digits.add_digits(Some(Side::After));
        let mut with_group = guard();
        with_group.add_group(Some(&GroupStart::Literal(b"x:".to_vec())));
        for guard in [
            with_digits,
            with_group,
            BodyGuard { extendable: true, ..guard() },
            BodyGuard { forbidden_starts: vec![b"v1".to_vec()], ..guard() },
        ] {
            assert!(guard.is_needed(), "{guard:?}");
        }
    }

    #[test]
    fn three_digits_beside_a_timestamp_make_it_another() {
        assert!(Side::After.goes_on(b"123,{}") && Side::Before.goes_on(b"a=170"));
        assert!(
            !Side::After.goes_on(b"12,{}") && !Side::Before.goes_on(b"a=b0") && !Side::Before.goes_on(b"")
        );
    }
}
