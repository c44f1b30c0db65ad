//! Tests that a signature verifies with the public key alone, and only what was signed.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use super::support::{ENCODINGS, PAIRS, base64, loaded, sign};
use crate::mac::{Budget, Role};
use crate::scheme::Encoding;

#[test]
fn what_is_signed_verifies_and_any_flipped_bit_does_not() {
    for (algorithm, private, public) in PAIRS {
        for encoding in ENCODINGS {
            let text = sign(algorithm, private, b"a body", encoding).unwrap();
            let check = |message: &[u8]| {
                let mut running = loaded(algorithm, Role::Verifier, public).unwrap();
                running.update(message);
                running.verifies(&[b"", b"AAAA", text.as_bytes()], encoding, &mut Budget::new())
            };
            assert!(check(b"a body"), "{algorithm:?} {encoding:?}");
            assert!(!check(b"a bodY"), "{algorithm:?} {encoding:?}");
        }
        let text = sign(algorithm, private, b"a body", Encoding::Base64).unwrap();
        let signature = STANDARD.decode(&text).unwrap();
        let mut running = loaded(algorithm, Role::Verifier, public).unwrap();
        running.update(b"a body");
        let accepts = |bytes: &[u8]| {
            running.clone().verifies(&[base64(bytes).as_bytes()], Encoding::Base64, &mut Budget::new())
        };
        assert!(accepts(&signature));
        // All algorithms except Ed25519 are slow without optimisation: for them one bit of each byte is flipped.
        let step = if signature.len() > 64 { 9 } else { 1 };
        for bit in (0..signature.len() * 8).step_by(step) {
            let mut flipped = signature.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!accepts(&flipped), "{algorithm:?} bit {bit}");
        }
        for length in [0, 1, signature.len() - 1] {
            assert!(!accepts(&signature[..length]), "{algorithm:?} {length}");
        }
        assert!(!accepts(&[&signature[..], &[0]].concat()), "{algorithm:?}");
    }
}

#[test]
fn content_in_pieces_is_the_same_content() {
    for (algorithm, private, public) in PAIRS {
        let text = sign(algorithm, private, b"in three pieces", Encoding::Base64).unwrap();
        let mut running = loaded(algorithm, Role::Verifier, public).unwrap();
        for piece in ["in ", "", "three", " pieces"] {
            running.update(piece.as_bytes());
        }
        assert!(running.verifies(&[text.as_bytes()], Encoding::Base64, &mut Budget::new()), "{algorithm:?}");
    }
}

#[test]
fn neither_half_does_what_the_other_is_for() {
    for (algorithm, private, public) in PAIRS {
        let text = sign(algorithm, private, b"", Encoding::Base64).unwrap();
        let signer = loaded(algorithm, Role::Signer, private).unwrap();
        assert!(!signer.verifies(&[text.as_bytes(), b""], Encoding::Base64, &mut Budget::new()));
        assert_eq!(loaded(algorithm, Role::Verifier, public).unwrap().sign(&[], Encoding::Base64), "");
    }
}
