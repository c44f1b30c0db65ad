//! Base64 encoding of a computed signature: six bytes at a time, without a table.
//!
//! The expected signature is secret, and a table look-up at an index that depends on it would leak through the
//! cache. For that reason, and to save a third of the cost around the hash, this encoder replaces the library that
//! decodes the keys.

/// The digits 62 and 63 of the standard and of the URL-safe alphabet.
pub(super) const STANDARD: [u8; 2] = *b"+/";
pub(super) const URL_SAFE: [u8; 2] = *b"-_";

/// Returns the padded text of the bytes and its length. `N` must have room for a multiple of eight digits, and
/// should for a multiple of sixteen, which is faster.
#[inline(always)]
pub(super) fn encode<const N: usize>(bytes: &[u8], last: [u8; 2]) -> ([u8; N], usize) {
    let mut text = [0; N];
    let (groups, rest) = bytes.as_chunks::<6>();
    let (words, _) = text.as_chunks_mut::<8>();
    let mut end = [0; 6];
    for (to, from) in end.iter_mut().zip(rest) {
        *to = *from;
    }
    for (word, group) in words.iter_mut().zip(groups.iter().chain([&end])) {
        *word = spread(*group).to_be_bytes();
    }
    for digit in &mut text {
        *digit = letter(*digit, last);
    }
    let padding = (3 - bytes.len() % 3) % 3;
    let len = bytes.len().div_ceil(3) * 4;
    if let Some(pads) = text.get_mut(len - padding..len) {
        pads.fill(b'=');
    }
    (text, len)
}

/// Returns eight groups of six bits, one in each byte.
#[inline(always)]
fn spread([a, b, c, d, e, f]: [u8; 6]) -> u64 {
    let x = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let x = (x & 0x0000_ffff_ff00_0000) << 8 | (x & 0x0000_0000_00ff_ffff);
    let x = (x & 0x00ff_f000_00ff_f000) << 4 | (x & 0x0000_0fff_0000_0fff);
    (x & 0x0fc0_0fc0_0fc0_0fc0) << 2 | (x & 0x003f_003f_003f_003f)
}

/// Returns `A` to `Z`, `a` to `z`, `0` to `9`, or one of the two further digits.
#[inline(always)]
fn letter(digit: u8, [plus, slash]: [u8; 2]) -> u8 {
    let from = |first: u8, offset: u8| if digit >= first { offset } else { 0 };
    digit
        .wrapping_add(b'A')
        .wrapping_add(from(26, b'a' - b'Z' - 1))
        .wrapping_sub(from(52, b'z' + 1 - b'0'))
        .wrapping_add(from(62, plus.wrapping_sub(b'9' + 1)))
        .wrapping_add(from(63, slash.wrapping_sub(plus).wrapping_sub(1)))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose;

    use super::*;

    #[test]
    fn the_text_is_the_reference_librarys() {
        for length in 0..=64 {
            for seed in 0..=255_u8 {
                let bytes: Vec<u8> =
                    (0..length).map(|at: u8| at.wrapping_mul(37).wrapping_add(seed)).collect();
                for (last, engine) in
                    [(STANDARD, general_purpose::STANDARD), (URL_SAFE, general_purpose::URL_SAFE)]
                {
                    let (text, len) = encode::<96>(&bytes, last);
                    assert_eq!(text.get(..len), Some(engine.encode(&bytes).as_bytes()));
                }
            }
        }
    }
}
