//! HTTP Basic authentication (RFC 7617) whose credentials were encoded once too often, or not at all.

use countersign::scheme::{Algorithm, Location};
use http::header::{HeaderName, HeaderValue};

use super::Cause;
use super::case::{Case, Guess, Guesses, Stored};
use super::code::{from_base64, to_base64};

/// Tries the secret as the value of the header, and the credentials of the header before they are encoded.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    let is_basic = case.provider.scheme.algorithm == Algorithm::Basic;
    let case = Some(case).filter(|_| is_basic);
    Box::new(case.into_iter().flat_map(|case| secrets(case).chain(credentials(case))))
}

fn secrets(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    case.secrets.iter().filter_map(|stored| {
        let text = stored.text().trim();
        let decoded = from_base64(without_scheme(text).unwrap_or(text))?;
        let credentials = String::from_utf8(decoded).ok().filter(|text| text.contains(':'))?;
        let secret = Stored::new(stored.name(), credentials);
        Some(Guess::new(SECRET, move |case| case.secrets = vec![secret.clone()]))
    })
}

fn credentials(case: &Case) -> Option<Guess<'_>> {
    let Location::Header(name) = &case.provider.scheme.signature.at else { return None };
    let name = HeaderName::try_from(name.trim()).ok()?;
    let credentials =
        without_scheme(case.headers.get(&name)?.to_str().ok()?).filter(|text| text.contains(':'))?;
    let value = HeaderValue::try_from(format!("Basic {}", to_base64(credentials.as_bytes()))).ok()?;
    Some(Guess::new(CREDENTIALS, move |case| {
        case.headers.insert(name.clone(), value.clone());
    }))
}

/// Returns the text after the name of the authentication scheme.
fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| rest.trim())
}

const SECRET: Cause = Cause::new(
    "secret_is_basic_header",
    "the secret is stored as the header has it, in Base64: the secret of Basic is `user:password`, so store it as that",
);
const CREDENTIALS: Cause = Cause::new(
    "credentials_not_base64",
    "the credentials in the header are not Base64: let the sender encode `user:password` in Base64 after `Basic `, as RFC 7617 \
     requires",
);
