//! Makes the endpoint of the options.

use std::sync::atomic::AtomicU64;

use countersign::Secret;
use countersign::receiver::{HandshakePolicy, PublicUrl, Receiver};
use countersign_diagnose::Diagnoser;
use http::HeaderValue;

use super::cli::{ForwardArgs, ListenArgs};
use super::endpoint::Endpoint;
use super::explain::Explainer;
use super::forward::Forwarder;
use super::output::Output;
use super::record::Recorder;
use crate::args::{declared, verifier};
use crate::destination::{Destination, RawClient};
use crate::error::CliError;
use crate::resign::Resigner;

pub(super) fn endpoint(
    args: &ListenArgs,
    destination: Option<&Destination>,
    output: Output,
) -> Result<Endpoint, CliError> {
    let origin = args.public_url.as_deref();
    let recorder = args.record.as_deref().map(|dir| Recorder::open(dir, origin)).transpose()?;
    let last = recorder.as_ref().map(Recorder::last_number).transpose()?.unwrap_or(0);
    let receiver = receiver(args)?;
    let name = args.declaration.given().unwrap_or_else(|| receiver.provider());
    let path = args.path.clone().unwrap_or_else(|| format!("/webhooks/{name}"));
    if destination.is_none() && args.forward.resign_with.load_any()?.is_some() {
        return Err(CliError::Usage("--resign-with is for an app: give --forward URL, too".to_owned()));
    }
    if destination.is_none() && args.forward.protocol.is_http2() {
        return Err(CliError::Usage(
            "--http2-prior-knowledge is for an app: give --forward URL, too".to_owned(),
        ));
    }
    Ok(Endpoint {
        receiver,
        path,
        recorder,
        explainer: args.explain.then(|| explainer(args)).transpose()?,
        forwarder: destination.map(|destination| forwarder(args, destination)).transpose()?,
        output,
        keeps_requests: args.record.is_some() || args.explain || args.shows_screen(),
        last: AtomicU64::new(last),
    })
}

/// Returns the app, if there is one.
pub(super) fn destination(args: &ForwardArgs) -> Result<Option<Destination>, CliError> {
    let app = args.to.as_deref().map(|to| Destination::resolve(to, &args.allowed)).transpose()?;
    Ok(app.map(|app| app.over(args.protocol)))
}

fn receiver(args: &ListenArgs) -> Result<Receiver, CliError> {
    let verifier = verifier(&args.declaration, &args.secrets, args.tolerance)?;
    if verifier.needs_url() && args.public_url.is_none() {
        let slug = &verifier.provider().slug;
        return Err(CliError::Usage(format!(
            "{slug} signs the URL: give --public-url, as configured at {slug}"
        )));
    }
    let mut builder = Receiver::builder(verifier).with_handshakes(handshakes(args)?);
    if let Some(origin) = &args.public_url {
        let origin = PublicUrl::origin(origin).map_err(CliError::config("--public-url"))?;
        builder = builder.with_public_url(origin);
    }
    builder.build().map_err(CliError::config("the options"))
}

fn handshakes(args: &ListenArgs) -> Result<HandshakePolicy, CliError> {
    let mut policy = HandshakePolicy::new();
    if args.echo {
        policy = policy.with_echo();
    }
    match &args.verify_token {
        Some(token) => {
            let token = Secret::new(token.as_str()).map_err(CliError::config("--verify-token"))?;
            Ok(policy.with_verify_token(token))
        }
        None => Ok(policy),
    }
}

fn explainer(args: &ListenArgs) -> Result<Explainer, CliError> {
    let diagnoser = Diagnoser::new(declared(&args.declaration, args.tolerance)?);
    let secrets = args.secrets.stored()?.into_iter();
    let diagnoser =
        secrets.fold(diagnoser, |diagnoser, (name, text)| diagnoser.with_stored_secret(name, text));
    Ok(Explainer::new(diagnoser, args.public_url.as_deref()))
}

fn forwarder(args: &ListenArgs, destination: &Destination) -> Result<Forwarder, CliError> {
    let is_https = args.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    let secrets = args.forward.resign_with.load_any()?;
    let provider = args.declaration.load()?.into_owned();
    Ok(Forwarder {
        client: RawClient::new(destination, args.forward.timeout)?,
        events: args.forward.events.clone(),
        resigner: secrets
            .map(|secrets| Resigner::new(provider, secrets, args.forward.resign_url.as_deref()))
            .transpose()?,
        form: args.forward.form,
        proto: HeaderValue::from_static(if is_https { "https" } else { "http" }),
        queue: Forwarder::queue(),
    })
}
