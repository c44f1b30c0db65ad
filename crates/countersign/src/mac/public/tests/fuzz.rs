//! Tests that no key text or signature makes a key panic.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::support::{ENCODINGS, PAIRS, base64, body, loaded};
use crate::mac::public::text;
use crate::mac::{Budget, Role};
use crate::scheme::Encoding;

proptest! {
    #[test]
    fn no_text_makes_a_key_panic(
        text in "[ -~]{1,200}|-----BEGIN [A-Z ]{0,9}-----[A-Za-z0-9+/=\\\\n]{0,99}(-----END [A-Z ]{0,9}-----)?|\\{.{0,99}\\}",
        bytes in prop::collection::vec(any::<u8>(), 1..200),
        pair in 0..5_usize,
    ) {
        let mut sequence = vec![0x30, u8::try_from(bytes.len().min(127)).unwrap()];
        sequence.extend_from_slice(&bytes);
        for text in [text.trim().to_owned(), base64(&bytes), base64(&sequence)] {
            for role in [Role::Verifier, Role::Signer] {
                let _ = loaded(PAIRS[pair].0, role, &text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_key_panics_nowhere(pair in 0..5_usize, at: prop::sample::Index, byte: u8) {
        let (algorithm, private, public) = PAIRS[pair];
        for (role, pem) in [(Role::Signer, private), (Role::Verifier, public)] {
            let mut der = STANDARD.decode(body(pem)).unwrap();
            let index = at.index(der.len());
            der[index] = byte;
            if let Ok(running) = loaded(algorithm, role, &base64(der)) {
                running.sign(&[b"x"], Encoding::Base64);
                running.verifies(&[&[b'A'; 344]], Encoding::Base64, &mut Budget::new());
            }
        }
    }

    #[test]
    fn nothing_that_is_sent_makes_a_key_panic_or_agree(
        pair in 0..5_usize,
        encoding in 0..3_usize,
        candidate in prop::collection::vec(any::<u8>(), 0..700),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (algorithm, _, public) = PAIRS[pair];
        let running = loaded(algorithm, Role::Verifier, public).unwrap();
        let encoding = ENCODINGS[encoding];
        prop_assert!(!running.verifies(&[&candidate, text::encode(&bytes, encoding).as_bytes()], encoding, &mut Budget::new()));
    }
}
