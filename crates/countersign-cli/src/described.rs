//! Descriptions of the parts of a declaration, for pages and tables.

use countersign::handshake::{Handshake, Trust};
use countersign::scheme::{Format, Location, Scheme, SignatureField, TimestampField};
use countersign::{BodyLimit, Confidence, KeyScope, Provider, Tolerance};

use crate::facts;
use crate::output::{GOOD, UNSURE, size, span, word};

/// Returns the accounts that the key signs for.
pub(crate) fn provider_scope(provider: &Provider) -> Option<&'static str> {
    Some(match provider.key_scope? {
        KeyScope::Account => "one account: the key is its own",
        KeyScope::Provider => "all accounts of the provider: a parameter says which one is yours",
        KeyScope::ProviderUnchecked => {
            "all accounts of the provider: your handler has to check whose delivery it is, see above"
        }
        _ => return None,
    })
}

/// Returns a header by its first name, and other places as declared.
pub(crate) fn first_name(at: &Location) -> String {
    match at {
        Location::Header(names) => names.split(',').next().unwrap_or_default().to_owned(),
        Location::FirstOf(places) => places.first().map(first_name).unwrap_or_default(),
        other => other.to_string(),
    }
}

pub(crate) fn trust(confidence: Confidence) -> anstyle::Style {
    match confidence {
        Confidence::OfficialCode | Confidence::OfficialDocs => GOOD,
        _ => UNSURE,
    }
}

pub(crate) fn written(field: &SignatureField) -> String {
    let encoding = word(&field.encoding);
    let alternatives = |text: &str| text.replace('|', " or ");
    match &field.format {
        Format::Value { prefixes, key_id, .. } if prefixes.is_empty() => {
            format!("{}{encoding}", key_id.as_str())
        }
        Format::Value { prefixes, required: true, key_id } => {
            format!("{}{}{encoding}", alternatives(prefixes), key_id.as_str())
        }
        Format::Value { prefixes, key_id, .. } => {
            format!("{}{encoding}, perhaps behind {}", key_id.as_str(), alternatives(prefixes))
        }
        Format::List { separator, assign, tags, .. } => {
            let separator = if separator == " " { "spaces".to_owned() } else { format!("`{separator}`") };
            format!("{}{assign}{encoding}, in a list separated by {separator}", alternatives(tags))
        }
        _ => encoding,
    }
}

pub(crate) fn limited(provider: &Provider) -> String {
    let accepted = size(provider.scheme.limits.body_bytes);
    let limit = match provider.body_limit {
        Some(BodyLimit::Bytes(bytes)) => format!("documents {}", size(bytes)),
        Some(BodyLimit::None) => "documents no limit".to_owned(),
        _ => return format!("accepted up to {accepted}; the provider's limit is {}", facts::UNKNOWN),
    };
    format!("accepted up to {accepted}; the provider {limit}{}", from(&provider.sources.body_limit))
}

pub(crate) fn retried(provider: &Provider) -> String {
    let Some(retries) = provider.retries else { return facts::UNKNOWN.to_owned() };
    let attempts = retries.attempts.map(|attempts| match attempts.saturating_sub(1) {
        0 => facts::NONE.to_owned(),
        again => format!("{again} (attempts in all: {attempts})"),
    });
    let window = retries.window_secs.map(|secs| format!("within {}", span(secs)));
    let delays = provider.retry_delays_secs.iter().map(|delay| span(*delay)).collect::<Vec<_>>();
    let delays = (!delays.is_empty()).then(|| format!("after {}", delays.join(", ")));
    let answer = retries.ack_secs.map(|secs| format!("waits {} for an answer", span(secs)));
    let said: Vec<_> = [attempts, window, delays, answer].into_iter().flatten().collect();
    format!("{}{}", said.join(", "), from(&provider.sources.retries))
}

fn from(source: &str) -> String {
    if source.is_empty() { String::new() } else { format!(" ({source})") }
}

/// Returns the name of the algorithm, with those of a JWT.
pub(crate) fn algorithm(scheme: &Scheme) -> String {
    let name = word(&scheme.algorithm);
    match &scheme.jwt {
        Some(rules) => format!("{name} ({})", rules.algorithms.replace('|', ", ")),
        None => name,
    }
}

/// Returns the place, the format and the accepted ages of the timestamp.
pub(crate) fn timestamp(scheme: &Scheme) -> String {
    scheme.timestamp.as_ref().map_or_else(
        || facts::NONE.to_owned(),
        |field| {
            format!("{}, {}, accepted: {}", field.at.describe(), word(&field.format), accepted(scheme, field))
        },
    )
}

/// Returns the accepted ages. The tolerance of a token's `iat` and `nbf` is a leeway: the age has the bound of its rules, or ends
/// with its `exp`.
fn accepted(scheme: &Scheme, field: &TimestampField) -> String {
    let tolerance = field.tolerance;
    let is_start = matches!(&field.at, Location::Claim(name) if matches!(&**name, "iat" | "nbf"));
    let (Some(rules), Some(leeway), true) = (&scheme.jwt, tolerance.past(), is_start) else {
        return tolerance.to_string();
    };
    if let Some(most) = rules.max_age_secs {
        let bounded = Tolerance::between(most.saturating_add(leeway), tolerance.future().unwrap_or_default());
        let is_open = tolerance.future().is_none();
        return if is_open { bounded.insecure_any_future() } else { bounded }.to_string();
    }
    let has_end = rules.required.split('|').any(|name| name.trim() == "exp");
    let end = if has_end { "exp" } else { "exp, if there is one" };
    let future = tolerance.future().map_or_else(|| "not bounded".to_owned(), |secs| format!("≤ {secs} s"));
    format!("until {leeway} s after {end}, future {future}")
}

/// Describes each handshake, or says that there is none.
pub(crate) fn handshakes(provider: &Provider) -> Vec<String> {
    match &*provider.handshakes {
        [] => vec![facts::NONE.to_owned()],
        all => all.iter().map(shaken).collect(),
    }
}

/// Describes a handshake, the condition of its answer, and the confidence in the facts.
fn shaken(handshake: &Handshake) -> String {
    let Handshake { name, trust, method, confidence, .. } = handshake;
    let answered = match trust {
        _ if handshake.answer.is_none() => "signed, and answered like any other",
        Trust::Signed => "answered once it is verified",
        Trust::Secret => "answered with a proof of the secret",
        Trust::VerifyToken(_) => "answered where the verify token is right",
        Trust::Origin(_) => "answered where the origin is allowed",
        Trust::Echo => "answered where that is configured: requests are not authenticated",
        Trust::IssuesSecret(_) => "answered once the secret that it brings is stored",
        other => other.as_str(),
    };
    let memory = if *confidence == Confidence::Memory { " (from memory)" } else { "" };
    format!("{name}, {method}: {answered}{memory}")
}
