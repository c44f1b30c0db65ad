//! Compiles declarations from TOML or JSON, signs and verifies: signed requests must verify.
#![no_main]

use countersign::{ErrorKind, Head, Provider, Secret, SignedRequest, Signer, SigningRequest, Verifier};
use countersign_fuzz::{NOW, ORIGIN, complete};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let loaded = if text.starts_with('{') { Provider::from_json(text) } else { Provider::from_toml(text) };
    let Ok(provider) = loaded else { return };
    let json = serde_json::to_string(&provider).expect("a declaration is JSON");
    let again = Provider::from_json(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(again, provider, "the declaration survives JSON");
    let provider = complete(&provider);
    let _ = provider.coverage();
    for secret in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "user:password", "00ff00ff", "key|00ff"] {
        sign_and_verify(&provider, secret);
    }
});

fn sign_and_verify(provider: &Provider, secret: &str) {
    let secret = || Secret::new(secret).expect("a secret");
    let (Ok(signer), Ok(verifier)) =
        (Signer::new(provider.clone(), secret()), Verifier::new(provider.clone(), secret()))
    else {
        return;
    };
    let body = r#"{"id":"evt_1","type":"a.b","created_at":"2023-11-14T22:13:20Z","data":{"id":1}}"#;
    let url = format!("{ORIGIN}/in?x=1");
    let request = SigningRequest::new(body, NOW).with_id("msg_1").with_event_type("a.b").with_url(&url);
    let Ok(SignedRequest { headers, url, body, .. }) = signer.sign_request(&request) else { return };
    let url = url.expect("the URL that was given");
    let verdict = verifier.verify(&Head::new(&headers).with_method("POST").with_url(&url), body, NOW);
    if let Err(error) = verdict
        && provider.scheme.for_each.is_none()
    {
        assert_ne!(error.kind(), ErrorKind::SignatureMismatch, "{error}: {url} {headers:?}");
    }
}
