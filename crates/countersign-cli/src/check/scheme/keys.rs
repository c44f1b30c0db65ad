//! Keys for the sample request.

use std::borrow::Cow;

use countersign::scheme::Location;
use countersign::{Provider, Secret, SecretSet, Signer, Verifier};

use crate::check::args::EventArgs;
use crate::check::forge::Forge;
use crate::check::sample::Sample;
use crate::check::setup;
use crate::error::CliError;

/// The keys of the options.
#[derive(Default)]
pub(in crate::check) struct Given {
    pub(in crate::check) secrets: Vec<String>,
    pub(in crate::check) public: Option<SecretSet>,
}

/// Returns what signs and verifies the sample request, or the reason why it cannot be made.
pub(in crate::check) fn forge(
    provider: &Provider,
    event: &EventArgs,
    given: Given,
) -> Result<Result<Forge, String>, CliError> {
    let names = provider.open_parameters();
    let set = |provider: Provider, name: &String| provider.with_parameter(name, PARAMETER);
    let provider = names.iter().fold(provider.clone(), set);
    let Some((stored, public)) = chosen(&provider, given)? else {
        let cure =
            "no sample key fits the declaration: give --secret-file, and --public-key-file for a key pair";
        return Ok(Err(cure.to_owned()));
    };
    let keys = match setup::keys(&provider, &stored, None) {
        Ok(keys) => keys,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let sample = Sample::new(&provider, event)?;
    let coverage = provider.coverage().map_err(CliError::config("the declaration"))?;
    let verifier = Verifier::new(Cow::Owned(provider.clone()), public.clone());
    let mut forge = Forge::new(provider, sample, &public, keys, coverage);
    forge.reference = Some(verifier.map_err(CliError::config("cannot verify"))?);
    forge.origin = ORIGIN.to_owned();
    forge.target = target(&forge.provider);
    Ok(Ok(forge))
}

/// Returns path and query of the sample request: each parameter that the signature covers has a value.
fn target(provider: &Provider) -> String {
    let places = provider.scheme.content.places().unwrap_or_default().into_iter();
    let parameters: Vec<_> = places
        .filter_map(|at| match at {
            Location::Query(name) => Some(format!("{name}={PARAMETER}")),
            _ => None,
        })
        .collect();
    if parameters.is_empty() { TARGET.to_owned() } else { format!("{TARGET}?{}", parameters.join("&")) }
}

/// Returns the text that signs, and the secrets that verify: those of the options, or the first sample that fits.
fn chosen(provider: &Provider, given: Given) -> Result<Option<(Vec<String>, SecretSet)>, CliError> {
    if !given.secrets.is_empty() {
        let named =
            |(text, number): (&String, u32)| Ok((format!("secret-{number}"), Secret::new(text.as_str())?));
        let own = given.secrets.iter().zip(1..).map(named).collect::<Result<SecretSet, _>>();
        let own = own.map_err(CliError::config("the secret"))?;
        return Ok(Some((given.secrets, given.public.unwrap_or(own))));
    }
    let set = |text: &str| Secret::new(text).map(SecretSet::new).ok();
    let fits = |(signing, verifying): (&str, &str)| {
        let (private, public) = (set(signing)?, set(verifying)?);
        Signer::new(Cow::Owned(provider.clone()), private).ok()?;
        Verifier::new(Cow::Owned(provider.clone()), public.clone()).ok()?;
        Some((vec![signing.to_owned()], public))
    };
    Ok(SECRETS.map(|text| (text, text)).into_iter().chain(PAIRS).find_map(fits))
}

const PARAMETER: &str = "sample";
const ORIGIN: &str = "https://hooks.example.com";
const TARGET: &str = "/webhooks";

/// Secrets of which one fits most declarations. They are public: nothing is protected by them.
const SECRETS: [&str; 6] = [
    "whsec_c2FtcGxlIHNlY3JldCBvZiBhIHRyaWFsISE=",
    "c2FtcGxlLXNlY3JldC1vZi1hLXRyaWFsLS0tLS0=",
    "73616d706c652d7365637265742d6f662d61",
    "hooks:sample-password-of-a-trial",
    "key_1:sample-secret-of-a-trial",
    "sample-secret-of-a-trial",
];

/// Private keys and their public ones, as public as the secrets.
const PAIRS: [(&str, &str); 5] = [
    (include_str!("../keys/sample-ed25519.pem"), include_str!("../keys/sample-ed25519.public.pem")),
    (include_str!("../keys/sample-p256.pem"), include_str!("../keys/sample-p256.public.pem")),
    (include_str!("../keys/sample-p384.pem"), include_str!("../keys/sample-p384.public.pem")),
    (include_str!("../keys/sample-p521.pem"), include_str!("../keys/sample-p521.public.pem")),
    (include_str!("../keys/sample-rsa.pem"), include_str!("../keys/sample-rsa.public.pem")),
];
