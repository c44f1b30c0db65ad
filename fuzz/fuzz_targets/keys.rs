//! Parses keys, sets of keys and certificates: no panics, and a public key is never accepted as a shared secret.
#![no_main]

use bytes::Bytes;
use countersign::receiver::KeySource;
use countersign::{Secret, SecretSet, Verifier, providers};
use countersign_fuzz::{NOW, complete};
use countersign_keys::{FetchError, HttpKeys, Pins};
use http::Response;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        configured(text);
    }
    fetched(input);
});

fn configured(text: &str) {
    let _ = SecretSet::from_jwks(text);
    let Ok(secret) = Secret::new(text) else { return };
    let is_taken = |provider| Verifier::new(complete(provider), secret.clone()).is_ok();
    // Ed25519 takes 32 bytes in hexadecimal or Base64, which may be a shared secret elsewhere.
    let _ = is_taken(&providers::DISCORD);
    let is_public = [&providers::SENDGRID, &providers::WISE].into_iter().any(is_taken);
    if is_public {
        for shared in [&providers::proxiant::PROVIDER, &providers::GITHUB, &providers::NETLIFY] {
            assert!(!is_taken(shared), "{}: a public key is taken for a shared secret", shared.slug);
        }
    }
}

fn fetched(input: &[u8]) {
    let answer = Bytes::copy_from_slice(input);
    let transport = move |_: http::Request<Bytes>, _: usize| {
        let answer = answer.clone();
        async move { Ok::<_, FetchError>(Response::new(answer)) }
    };
    let certificates = HttpKeys::certificates(Pins::host("certs.example.com"));
    let set = HttpKeys::jwks("https://login.example.com/jwks.json");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        for keys in [certificates, set] {
            let keys = keys.with_transport(transport.clone()).with_clock(NOW).build().expect("keys");
            let _ = keys.keys(Some("https://certs.example.com/a.pem".to_owned())).await;
        }
    });
}
