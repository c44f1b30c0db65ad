//! `countersign sign`

pub(crate) mod cli;
mod notes;

use std::collections::BTreeMap;

use bytes::Bytes;
use countersign::scheme::{Format, Location};
use countersign::{Provider, Signer, SigningRequest, VerifyError};
use http::HeaderMap;
use serde::Serialize;
use uuid::Uuid;

use self::cli::SignArgs;
use crate::error::CliError;
use crate::output::{DIM, stderr};
use crate::{Outcome, output, resign};

#[derive(Serialize)]
struct Signed {
    headers: BTreeMap<String, String>,
    /// The values to put into the body, by their places.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<BTreeMap<String, String>>,
}

/// A signature for the body, and its place.
struct InBody {
    at: String,
    signature: String,
}

pub(crate) fn run(args: &SignArgs) -> Result<Outcome, CliError> {
    let (headers, in_body) = sign(args)?;
    if args.json {
        output::json(&Signed::new(&headers, in_body))?;
        return Ok(Outcome::Fine);
    }
    output::bytes(&lines(&headers))?;
    if let Some(InBody { at, signature }) = in_body {
        stderr!("{DIM}note:{DIM:#} this provider sends the signature in the body: put it at {at}");
        output::bytes(format!("{at}: {signature}\n").as_bytes())?;
    }
    Ok(Outcome::Fine)
}

/// Returns the headers of the request: the given ones, and those of the signature.
fn sign(args: &SignArgs) -> Result<(HeaderMap, Option<InBody>), CliError> {
    let provider = args.declaration.load()?;
    let at = provider.scheme.signature.at.to_string();
    notes::on_options(args, &provider);
    let signer =
        Signer::new(provider.clone(), args.secrets.load()?).map_err(CliError::config("cannot sign"))?;
    let given = args.request.load()?;
    let mut headers = given.headers;
    let body = Bytes::from(given.body.clone());
    let mut request = SigningRequest::new(body.clone(), args.request.time()).with_method(given.method);
    let url = given.url.as_deref().unwrap_or_default();
    for (tag, value) in resign::signed_items(&provider, url, &headers, &body) {
        request = request.with_signature_item(tag, value);
    }
    for (name, value) in &headers {
        request = request.with_header(name.clone(), value.clone());
    }
    if let Some(url) = &given.url {
        request = request.with_url(url);
    }
    if let Some(event_type) = &args.event_type {
        request = request.with_event_type(event_type);
    }
    let made = || signer.needs_id().then(|| format!("msg_{}", Uuid::new_v4().simple()));
    if let Some(id) = args.id.clone().or_else(made) {
        request = request.with_id(id);
    }
    let signed = signer.sign(&request).map_err(|error| unsignable(&error, &provider))?;
    headers.extend(signed);
    let sent = notes::Request { headers: &headers, body: &given.body, url: given.url.as_deref() };
    notes::on_request(args, &provider, &sent);
    let signature = signer.is_in_body().then(|| signer.signature(&request)).transpose();
    let signature = signature.map_err(|error| unsignable(&error, &provider))?;
    Ok((headers, signature.map(|signature| InBody { at, signature })))
}

fn unsignable(error: &VerifyError, provider: &Provider) -> CliError {
    let cure = match error {
        VerifyError::MalformedSignature { .. } => cure_of_items(provider),
        VerifyError::MissingHeader { name } => format!(": give it with -H '{name}: …'"),
        VerifyError::MissingUrl => ": give it with --url".to_owned(),
        VerifyError::MissingParameter { .. } => ": add it to --url".to_owned(),
        _ => String::new(),
    };
    CliError::Usage(format!("cannot sign: {error}{cure}"))
}

/// Returns how to give the items of the signature field that the scheme signs.
fn cure_of_items(provider: &Provider) -> String {
    let Provider { scheme, .. } = provider;
    let (Location::Header(name), Format::List { assign, .. }) =
        (&scheme.signature.at, &scheme.signature.format)
    else {
        return String::new();
    };
    let items: Vec<_> = resign::signed_tags(scheme).map(|tag| format!("{tag}{assign}…")).collect();
    if items.is_empty() { String::new() } else { format!(": give it with -H '{name}: {}'", items.join(",")) }
}

/// Returns the header lines as bytes, in the form in which they are sent.
fn lines(headers: &HeaderMap) -> Vec<u8> {
    let parts = headers
        .iter()
        .map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
    parts.collect::<Vec<_>>().concat()
}

impl Signed {
    /// Converts headers. Values outside UTF-8 are shown as far as possible, and repeated ones are joined as in HTTP.
    fn new(map: &HeaderMap, in_body: Option<InBody>) -> Self {
        let mut headers = BTreeMap::<_, String>::new();
        for (name, value) in map {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers
                .entry(name.to_string())
                .and_modify(|joined| *joined = format!("{joined}, {value}"))
                .or_insert_with(|| value.into_owned());
        }
        Self { headers, body: in_body.map(|part| BTreeMap::from([(part.at, part.signature)])) }
    }
}
