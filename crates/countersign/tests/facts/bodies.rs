//! Regression tests of bodies.

use countersign::{ErrorKind, Provider, UnixTime, VerifyError, providers};

use crate::common;
use crate::common::{Fixture, NOW};

#[test]
fn a_body_need_not_be_utf_8() {
    for provider in common::usual().filter(|provider| provider.slug != "proxiant") {
        let body = b"\xff\xfe\x00 not text";
        Fixture::new(provider).with_body(body).verify().unwrap();
    }
}

#[test]
fn the_body_is_never_changed_before_the_mac() {
    let form_or_dated = |provider: &Provider| provider.slug == "proxiant" || common::signs_form(provider);
    for provider in common::usual().filter(|provider| !form_or_dated(provider)) {
        let body = "\u{feff}{ \"b\" : 1,\r\n\"a\":\t2 }\n\n ";
        let delivery = Fixture::new(provider).with_body(body.as_bytes()).verify().unwrap();
        assert_eq!(delivery.body(), body.as_bytes(), "{}", provider.slug);
    }
}

#[test]
fn the_body_is_bounded_announced_or_not() {
    let fixture = Fixture::new(&providers::SVIX).with_signed_body(&vec![b' '; (1 << 20) + 1]);
    assert_eq!(fixture.error(), VerifyError::PayloadTooLarge { limit: 1 << 20 });
    let announced = Fixture::new(&providers::SVIX).with_header("content-length", "1048577");
    let error = announced.verifier().begin(&announced.head(), UnixTime::from_secs(NOW)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PayloadTooLarge);
    Fixture::new(&providers::GITHUB).with_signed_body(&vec![b' '; 25 << 20]).verify().unwrap();
}

#[test]
fn chunks_and_one_piece_decide_alike() {
    for provider in common::usual() {
        let fixture = Fixture::new(provider);
        let whole = fixture.verify().unwrap();
        for size in [1, 2, 7, 64, 4096] {
            let mut intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
            for chunk in fixture.body().chunks(size) {
                intake.push(chunk.to_vec()).unwrap();
            }
            let delivery = intake.finish(UnixTime::from_secs(NOW)).unwrap();
            assert_eq!(delivery.body(), whole.body(), "{} in chunks of {size}", provider.slug);
            assert_eq!(delivery.key(), whole.key());
        }
        let mut intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
        intake.push(fixture.body().to_vec()).unwrap();
        intake.push(" ").unwrap();
        if !common::signs_form(provider) {
            let error = intake.finish(UnixTime::from_secs(NOW)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SignatureMismatch, "{}", provider.slug);
        }
    }
}
