//! Makes the harness out of the options.

use std::borrow::Cow;
use std::sync::Mutex;
use std::time::Duration;

use countersign::{Provider, Secret, SecretSet, Signer, Verifier};
use tokio::sync::OnceCell;

use super::cli::CheckArgs;
use super::commands::Failure;
use super::effects::{Effects, PLACE};
use super::forge::{Forge, Key};
use super::harness::{Harness, Record};
use super::logs::Log;
use super::sample::Sample;
use super::tamper;
use super::wire::Wire;
use crate::args::{HeaderArg, declared};
use crate::destination::{Connector, Destination};
use crate::error::CliError;

/// Prepares a run.
pub(super) fn harness(args: &CheckArgs) -> Result<Harness, CliError> {
    let provider = declared(&args.declaration, args.tolerance)?;
    let secrets = args.secrets.load()?;
    let stored = args.secrets.texts()?;
    let retired = args.retired.texts()?.into_iter().next();
    let keys = keys(&provider, &stored, retired.as_deref())?;
    let sample = Sample::new(&provider, &args.event)?;
    let coverage = provider.coverage().map_err(CliError::config("the declaration"))?;
    let mut forge = Forge::new(provider, sample, &secrets, keys, coverage);
    if let Some(public) = args.public.load_any()? {
        let verifier = Verifier::new(Cow::Owned(forge.provider.clone()), public);
        forge.reference = Some(verifier.map_err(CliError::config("the public key"))?);
    }

    let destination = Destination::resolve(&args.url, &args.allowed)?;
    let own = || destination.url().origin().ascii_serialization();
    let public = args.public_url.as_deref().map(|origin| origin.trim_end_matches('/').to_owned());
    forge.origin = public.unwrap_or_else(own);
    forge.target = target(&destination);
    forge.headers = HeaderArg::load(&args.headers)?;
    let effects = args.effects.as_deref().map(|text| effects(text, args)).transpose()?;
    let log = args.logs.as_ref().map(|path| {
        let what = format!("cannot read --logs {}", path.display());
        Log::open(path.clone()).map_err(CliError::io(what))
    });
    Ok(Harness {
        forge,
        wire: wire(&destination, args.timeout)?,
        effects,
        restart: args.restart.clone(),
        failure: args.fail.clone().zip(args.recover.clone()).map(|(fail, recover)| Failure { fail, recover }),
        log: log.transpose()?,
        secrets: needles(stored),
        handshakes: args.handshakes.clone(),
        patience: args.patience,
        record: Mutex::new(Record::default()),
        crash: OnceCell::new(),
    })
}

/// Returns the signers: with the secrets of the receiver, one that it no longer has, and one that it never had.
pub(super) fn keys(
    provider: &Provider,
    stored: &[String],
    retired: Option<&str>,
) -> Result<Vec<(Key, Signer)>, CliError> {
    let signer = |text: &str| {
        let secret = Secret::new(text).map_err(CliError::config("the secret"))?;
        Signer::new(Cow::Owned(provider.clone()), SecretSet::new(secret))
            .map_err(CliError::config("cannot sign"))
    };
    let mut keys = Vec::new();
    for (key, text) in [Key::Current, Key::Previous].into_iter().zip(stored) {
        keys.push((key, signer(text)?));
    }
    if let Some(retired) = retired {
        keys.push((Key::Retired, signer(retired)?));
    }
    let foreign = stored.first().map(|text| tamper::other_secret(text));
    let foreign = foreign.iter().map(String::as_str).chain(FOREIGN_KEYS).find_map(|text| signer(text).ok());
    let foreign = foreign.ok_or_else(|| {
        CliError::Usage(
            "no other secret of this kind can be made, with which deliveries are forged".to_owned(),
        )
    })?;
    keys.push((Key::Foreign, foreign));
    Ok(keys)
}

/// Returns the texts that must not occur in answers and logs: the secrets, and their parts behind a prefix.
fn needles(stored: Vec<String>) -> Vec<String> {
    let behind =
        stored.iter().filter_map(|text| Some(text.split_once('_')?.1.to_owned())).collect::<Vec<_>>();
    let all = stored.into_iter().chain(behind).map(|text| text.trim().to_owned());
    all.filter(|text| text.len() >= SHORTEST_SECRET).collect()
}

fn effects(text: &str, args: &CheckArgs) -> Result<Effects, CliError> {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Ok(Effects::Command(text.to_owned()));
    }
    // Braces have no place in a URL.
    let destination = Destination::resolve(&text.replace(PLACE, STAND_IN), &args.allowed)?;
    let target = target(&destination).replace(STAND_IN, PLACE);
    Ok(Effects::Url { wire: wire(&destination, args.timeout)?, target })
}

fn wire(destination: &Destination, limit: Duration) -> Result<Wire, CliError> {
    Ok(Wire {
        connector: Connector::new(destination)?,
        authority: destination.url().authority().to_owned(),
        limit,
    })
}

/// Returns path and query.
fn target(destination: &Destination) -> String {
    let url = destination.url();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}

/// Keys with which nothing genuine was signed, for schemes whose secrets cannot be changed letter by letter.
const FOREIGN_KEYS: [&str; 4] = [
    include_str!("keys/rsa.pem"),
    include_str!("keys/p256.pem"),
    include_str!("keys/p521.pem"),
    include_str!("keys/ed25519.pem"),
];
const STAND_IN: &str = "COUNTERSIGN-ID";
const SHORTEST_SECRET: usize = 6;
