//! Creates a genuine delivery, signed as by its provider, and changes it.

use bytes::Bytes;
use countersign::providers::proxiant;
use countersign::scheme::Location;
use countersign::{Provider, Secret, Signer, SigningRequest, Tolerance, UnixTime};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::Full;

use super::cases::Twist;
use super::founders::Founder;
use super::mount::{BODY_LIMIT, NEW_SECRET, OLD_SECRET};
use super::player::{Payload, Sent};
use crate::error::CliError;
use crate::output::instant;

/// Creates the delivery of a provider with a change.
pub(super) fn request(founder: &Founder, twist: Twist, now: UnixTime) -> Result<Sent, CliError> {
    let event = match twist {
        Twist::UnknownType => founder.unknown,
        Twist::WrongShape => founder.misshapen,
        _ => founder.event,
    };
    let secret = match twist {
        Twist::WrongSecret => WRONG_SECRET,
        Twist::OldSecret => OLD_SECRET,
        _ => NEW_SECRET,
    };
    let time = time(founder.provider, twist, now);
    let mut body = event.replace("{time}", &instant(time));
    let mut headers = signed(founder.provider, secret, &body, time)?;
    match twist {
        Twist::TamperedBody => body = body.replacen('{', r#"{"tampered":true,"#, 1),
        Twist::TamperedSignature => tamper(&mut headers, &signature_header(founder.provider)),
        Twist::NoSignature => drop(headers.remove(signature_header(founder.provider).as_str())),
        _ => {}
    }
    let body = match twist {
        Twist::Oversize => Payload::Announced(BODY_LIMIT as u64 + 1),
        _ => Payload::Whole(Full::from(Bytes::from(body))),
    };
    Ok(Sent { path: founder.path(), headers, body })
}

/// Creates a genuine event of Proxiant with this id.
pub(super) fn numbered(number: u32, now: UnixTime) -> Result<Sent, CliError> {
    let body = format!(
        r#"{{"id":"del_{number}","event":"job.served","created_at":"{}","data":{{"job":{{"id":"job_{number}"}}}}}}"#,
        instant(now)
    );
    let headers = signed(&proxiant::PROVIDER, NEW_SECRET, &body, now)?;
    let path = format!("/webhooks/{}", proxiant::PROVIDER.slug);
    Ok(Sent { path, headers, body: Payload::Whole(Full::from(Bytes::from(body))) })
}

/// Returns the current time, or one second beyond the tolerance of the provider's declaration.
fn time(provider: &Provider, twist: Twist, now: UnixTime) -> UnixTime {
    let tolerance = provider.scheme.timestamp.as_ref().map_or(Tolerance::default(), |field| field.tolerance);
    let beyond = |bound: Option<u64>| i64::try_from(bound.unwrap_or_default()).unwrap_or_default() + 1;
    match twist {
        Twist::Stale => UnixTime::from_secs(now.as_secs() - beyond(tolerance.past())),
        Twist::Future => UnixTime::from_secs(now.as_secs() + beyond(tolerance.future())),
        _ => now,
    }
}

fn signed(
    provider: &'static Provider,
    secret: &str,
    body: &str,
    time: UnixTime,
) -> Result<HeaderMap, CliError> {
    let secret = Secret::new(secret).map_err(CliError::config("demo"))?;
    let signer = Signer::new(provider, secret).map_err(CliError::config("demo"))?;
    let request = SigningRequest::new(body.to_owned(), time).with_id("msg_demo");
    signer.sign(&request).map_err(|error| CliError::Usage(format!("demo: cannot sign: {error}")))
}

fn signature_header(provider: &Provider) -> String {
    match &provider.scheme.signature.at {
        Location::Header(names) => names.split(',').next().unwrap_or_default().to_owned(),
        other => other.to_string(),
    }
}

/// Replaces one character of the signature by another one of its encoding.
fn tamper(headers: &mut HeaderMap, name: &str) {
    let Some(value) = headers.get(name).map(|value| value.as_bytes().to_vec()) else { return };
    let mut tampered = value;
    if let Some(byte) = tampered.iter_mut().rev().nth(9) {
        *byte = if *byte == b'a' { b'b' } else { b'a' };
    }
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&tampered)) {
        headers.insert(name, value);
    }
}

/// A secret that the receivers do not have.
const WRONG_SECRET: &str = "whsec_YW5vdGhlciBlbmRwb2ludCdzIHNlY3JldCE=";
