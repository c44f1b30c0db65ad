#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use countersign::{Head, Secret, Verifier, providers};
use countersign_testkit::simulators::Sample;

use super::*;

const URL: &str = "http://127.0.0.1:3000/hook?tenant=7";

/// Texts of which two fit most providers.
const SECRETS: [[&str; 2]; 6] = [
    ["whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==", "whsec_YW5vdGhlciBlbmRwb2ludCdzIHNlY3JldCE="],
    ["dGhlLW5ldy1zZWNyZXQtb2YtYS10YWJsZSE=", "YW5vdGhlciBlbmRwb2ludCdzIHNlY3JldCE="],
    ["7468652d6e65772d7365637265742d6f662d74", "616e6f7468657220656e64706f696e74277321"],
    ["hooks:the-new-password", "hooks:another-password"],
    ["key_1:the-new-secret-of-a-table", "key_1:the-secret-of-another-table"],
    ["the-new-secret-of-a-table", "the-secret-of-another-table"],
];

/// Private keys and their public keys.
const KEYS: [[&str; 2]; 5] = [
    [
        include_str!("../check/keys/sample-ed25519.pem"),
        include_str!("../check/keys/sample-ed25519.public.pem"),
    ],
    [include_str!("../check/keys/sample-p256.pem"), include_str!("../check/keys/sample-p256.public.pem")],
    [include_str!("../check/keys/sample-p384.pem"), include_str!("../check/keys/sample-p384.public.pem")],
    [include_str!("../check/keys/sample-p521.pem"), include_str!("../check/keys/sample-p521.public.pem")],
    [include_str!("../check/keys/sample-rsa.pem"), include_str!("../check/keys/sample-rsa.public.pem")],
];

fn set(text: &str) -> SecretSet {
    SecretSet::new(Secret::new(text.to_owned()).unwrap())
}

/// Returns the provider with its parameters, and two secrets that fit it. `None` if its keys are no texts.
fn with_secrets(provider: &Provider) -> Option<(Provider, [SecretSet; 2])> {
    let names = provider.open_parameters();
    let provider = names.iter().fold(provider.clone(), |provider, name| provider.with_parameter(name, "x"));
    let fits = |text: &str| {
        Verifier::new(provider.clone(), set(text)).is_ok() && Signer::new(provider.clone(), set(text)).is_ok()
    };
    let found = SECRETS.into_iter().find(|pair| pair.iter().all(|text| fits(text)))?;
    Some((provider, found.map(set)))
}

fn verify(
    provider: &Provider,
    secrets: &SecretSet,
    signed: &SignedRequest,
    now: UnixTime,
) -> Result<(), String> {
    let verifier = Verifier::new(provider.clone(), secrets.clone()).unwrap();
    let head =
        Head::new(&signed.headers).with_method(&signed.method).with_url(signed.url.as_deref().unwrap());
    verifier.verify(&head, signed.body.clone(), now).map(drop).map_err(|error| error.to_string())
}

#[test]
fn requests_of_providers_with_key_pairs_verify_at_the_new_time() {
    let (then, now) = (UnixTime::from_secs(1_700_000_000), UnixTime::from_secs(1_800_000_000));
    let (mut problems, mut tried) = (Vec::new(), 0);
    for provider in providers::all().filter(|provider| with_secrets(provider).is_none()) {
        let names = provider.open_parameters();
        let provider =
            names.iter().fold(provider.clone(), |provider, name| provider.with_parameter(name, "x"));
        let fits = |[private, public]: &[&str; 2]| {
            Signer::new(provider.clone(), set(private)).is_ok()
                && Verifier::new(provider.clone(), set(public)).is_ok()
        };
        let Some([private, public]) = KEYS.into_iter().find(fits) else { continue };
        let signer = Signer::new(provider.clone(), set(private)).unwrap();
        let message = Sample::new(&provider, "invoice.paid").with_id("evt_1").message(then).unwrap();
        let original = message.sign(&signer, URL, then).unwrap();
        if verify(&provider, &set(public), &original, then).is_err() {
            // The public key has another form.
            continue;
        }
        tried += 1;
        let resigner = Resigner::new(provider.clone(), set(private), None).unwrap();
        let method = Method::from_bytes(original.method.as_bytes()).unwrap();
        let url = original.url.as_deref().unwrap();
        let resigned = resigner.sign(&method, url, &original.headers, &original.body, now);
        let verified = resigned.map_err(|error| error.to_string());
        let verified = verified.and_then(|resigned| verify(&provider, &set(public), &resigned, now));
        problems.extend(verified.err().map(|error| format!("{}: {error}", provider.slug)));
    }
    assert!(problems.is_empty(), "{} of {tried}: {problems:#?}", problems.len());
    assert!(tried > 15, "{tried}");
}

#[test]
fn requests_of_every_provider_verify_under_the_new_secret_at_the_new_time_and_not_under_the_old_one() {
    let (then, now) = (UnixTime::from_secs(1_700_000_000), UnixTime::from_secs(1_800_000_000));
    let (mut problems, mut tried) = (Vec::new(), 0);
    for provider in providers::all() {
        let Some((provider, [old, new])) = with_secrets(provider) else { continue };
        let slug = provider.slug.clone();
        let message = Sample::new(&provider, "invoice.paid").with_id("evt_1").message(then).unwrap();
        let signer = Signer::new(provider.clone(), old.clone()).unwrap();
        let original = message.sign(&signer, URL, then).unwrap();
        if let Err(error) = verify(&provider, &old, &original, then) {
            problems.push(format!("{slug}: the original: {error}"));
            continue;
        }
        tried += 1;
        let resigner = Resigner::new(provider.clone(), new.clone(), None).unwrap();
        let url = original.url.as_deref().unwrap();
        let method = Method::from_bytes(original.method.as_bytes()).unwrap();
        let resigned = match resigner.sign(&method, url, &original.headers, &original.body, now) {
            Ok(resigned) => resigned,
            Err(error) => {
                problems.push(format!("{slug}: {error}"));
                continue;
            }
        };
        if let Err(error) = verify(&provider, &new, &resigned, now) {
            problems.push(format!("{slug}: signed anew: {error}"));
        }
        if verify(&provider, &old, &resigned, now).is_ok() {
            problems.push(format!("{slug}: the old secret still verifies"));
        }
    }
    assert!(problems.is_empty(), "{} of {tried}: {problems:#?}", problems.len());
    assert!(tried > 250, "{tried}");
}
