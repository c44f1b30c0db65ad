use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::__private::inspect::{Shape, form_field, member};
use countersign::Provider;
use countersign::scheme::{Algorithm, Check, Encoding, Format, Location, Presence};
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::rarity::{Rarity, names};
use crate::explain::Captured;

/// Returns how well the request matches, or `None` if its signature cannot be one of this provider's.
pub(super) fn score(provider: &Provider, captured: &Captured, rarity: &Rarity) -> Option<u32> {
    score_signed(provider, captured, rarity)
        .or_else(|| unsigned(provider, captured).map(|_| START + SIGNATURE + LENGTH))
}

/// Returns the reason why the request, which has no signature, is one of this provider's all the same.
pub(super) fn unsigned<'p>(provider: &'p Provider, captured: &Captured) -> Option<&'p str> {
    let kinds = provider.unsigned.iter();
    kinds.filter(|kind| captured.headers().contains_key(&*kind.header)).map(|kind| &*kind.reason).next()
}

/// Returns how well the request matches except for its signature, which is missing, or `None` if it has no headers that tell.
pub(super) fn score_without_signature(
    provider: &Provider,
    captured: &Captured,
    rarity: &Rarity,
) -> Option<u32> {
    let is_there = |name: &str| captured.headers().contains_key(name);
    let mut signature = names(&provider.scheme.signature.at).peekable();
    signature.peek()?;
    if signature.any(is_there) {
        return None;
    }
    let stamp = provider.scheme.timestamp.iter().map(|field| &field.at);
    let beside = provider.event.id.iter().chain(&provider.event.event_type).chain(stamp);
    let found = beside.filter_map(|at| names(at).find(|name| is_there(name) && !is_general(name)));
    let score: u32 = found.map(|name| rarity.weight(name, BESIDE)).sum();
    (score >= TELLING).then_some(START + score)
}

/// Returns whether all words of a header are of the kind that any sender uses: `x-request-id`.
pub(super) fn is_general(name: &str) -> bool {
    name.split('-').all(|word| GENERAL.contains(&word))
}

fn score_signed(provider: &Provider, captured: &Captured, rarity: &Rarity) -> Option<u32> {
    let declared = Shape::new(provider.clone()).ok()?;
    let signature = &provider.scheme.signature;
    let document = declared.document(captured.body());
    let item = Sent { captured, document: declared.first_item(&document), claims: Value::Null, rarity };
    let (weight, value) = item.value(&signature.at, SIGNATURE)?;
    let mut score = START + weight + shape(&declared, provider, &value)?;
    let sent = Sent { document: &document, claims: claims(&declared, provider, &value), ..item };
    for (at, most, missing) in values_beside(provider) {
        match sent.value(at, most) {
            Some((weight, _)) => score += weight,
            None => score = score.saturating_sub(missing),
        }
    }
    for check in provider.scheme.checks.iter() {
        match sent.value(&check.at, BESIDE) {
            Some((_, text)) if !allows(check, &text) => score = score.saturating_sub(REQUIRED),
            Some((weight, _)) => score += weight,
            None if check.presence == Presence::Required => score = score.saturating_sub(REQUIRED),
            None => {}
        }
    }
    score += stamp(provider, &sent, &value);
    if !is_of_its_kind(provider, captured) {
        score = score.saturating_sub(REQUIRED);
    }
    Some(score.max(1))
}

/// The places in which the values of a request are looked up.
#[derive(Clone)]
struct Sent<'a> {
    captured: &'a Captured,
    document: &'a [u8],
    /// The claims of the JWT that is the signature.
    claims: Value,
    rarity: &'a Rarity,
}

/// Returns whether the value can be the expected one. Only a constant is compared.
fn allows(check: &Check, text: &str) -> bool {
    let expected = check.equals.as_str();
    let is_constant = check.digest.is_none() && !expected.contains('{');
    let text = text.strip_prefix(&*check.prefix).unwrap_or(text);
    let mut values = text.split(|char| check.separator.contains(char));
    !is_constant || values.any(|value| value.trim() == expected)
}

/// Returns the claims of a JWT, those of its payload and of its header, or nothing for another signature.
fn claims(declared: &Shape, provider: &Provider, field: &str) -> Value {
    let signatures = declared.signatures(field.as_bytes()).filter(|_| provider.scheme.jwt.is_some());
    let Some(signatures) = signatures else { return Value::Null };
    let jwt = signatures.first().copied().unwrap_or_default();
    let mut claims = serde_json::Map::new();
    for part in jwt.split(|byte| *byte == b'.').take(2) {
        let json = URL_SAFE_NO_PAD.decode(part).ok().and_then(|json| serde_json::from_slice(&json).ok());
        claims.extend(json.and_then(|json: Value| json.as_object().cloned()).unwrap_or_default());
    }
    Value::Object(claims)
}

/// Returns the other places of values, with the largest score for a value and the penalty for its absence.
fn values_beside(provider: &Provider) -> impl Iterator<Item = (&Location, u32, u32)> {
    let (scheme, event) = (&provider.scheme, &provider.event);
    let signs_id = scheme.content.as_str().contains("{id}");
    let id = event.id.as_ref().map(|at| {
        (
            at,
            BESIDE,
            if signs_id {
                REQUIRED
            } else if at.is_in_body() {
                0
            } else {
                EXPECTED
            },
        )
    });
    // Many bodies have no type, and not all events have it at the declared place.
    let expected = |at: &Location| if at.is_in_body() { 0 } else { EXPECTED };
    let event_type = event.event_type.as_ref().map(|at| (at, BESIDE, expected(at)));
    id.into_iter().chain(event_type)
}

/// Returns whether the body is a form, if form fields are signed.
fn is_of_its_kind(provider: &Provider, captured: &Captured) -> bool {
    let essence = captured.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = essence.map(|text| text.to_ascii_lowercase().contains("x-www-form-urlencoded"));
    let signs_form = provider.scheme.content.as_str().contains("{form");
    !signs_form || is_form.unwrap_or_else(|| !captured.body().starts_with(b"{"))
}

/// Scores a timestamp that is present and in its format.
fn stamp(provider: &Provider, sent: &Sent<'_>, signature: &str) -> u32 {
    let Some(field) = &provider.scheme.timestamp else { return 0 };
    let found = match &field.at {
        Location::SignatureItem(_) | Location::SignatureIndex(_) => {
            let digits = |run: &&str| field.format.parse(run.as_bytes()).is_ok() && run.len() >= 10;
            let run = signature.split(|char: char| !char.is_ascii_digit()).find(digits);
            return if run.is_some() { BESIDE } else { 0 };
        }
        at => sent.value(at, BESIDE),
    };
    match found {
        Some((weight, text)) if field.format.parse(text.as_bytes()).is_ok() => weight + UNIT,
        _ => 0,
    }
}

impl Sent<'_> {
    /// Returns the value at this place, and its score.
    fn value(&self, at: &Location, most: u32) -> Option<(u32, String)> {
        let (captured, body) = (self.captured, self.captured.body());
        let in_body = |text: String| (!text.is_empty()).then_some((most / IN_BODY, text));
        match at {
            Location::Header(_) => names(at).find_map(|name| {
                // The first of numbered headers.
                let first = name.strip_suffix('*').map(|start| format!("{start}1"));
                let value = captured.headers().get(first.as_deref().unwrap_or(name))?;
                let value = value.to_str().ok().filter(|value| !value.is_empty())?;
                Some((self.rarity.weight(name, most), value.to_owned()))
            }),
            Location::Json(pointer) => in_body(member(self.document, pointer)?),
            Location::FirstOf(places) => places.iter().find_map(|at| self.value(at, most)),
            Location::Form(name) => in_body(form_field(body, name)?),
            Location::Body => {
                let text = std::str::from_utf8(body.trim_ascii()).ok()?;
                is_jwt(text.as_bytes()).then(|| (most, text.to_owned()))
            }
            Location::Query(name) => {
                let (_, query) = captured.url()?.split_once('?')?;
                in_body(form_field(query.as_bytes(), name)?)
            }
            Location::Claim(name) => match self.claims.get(&**name)? {
                Value::String(text) => in_body(text.clone()),
                Value::Null => None,
                other => in_body(other.to_string()),
            },
            _ => None,
        }
    }
}

/// Returns whether the text has the form of a JWT: a JSON object in Base64, and two parts more (RFC 7515, 7.1).
fn is_jwt(text: &[u8]) -> bool {
    text.starts_with(b"e") && text.split(|byte| *byte == b'.').count() == 3
}

/// Scores the form of the signature: a prefix, tags, the length that the algorithm produces.
fn shape(declared: &Shape, provider: &Provider, field: &str) -> Option<u32> {
    let scheme = &provider.scheme;
    if scheme.message_signature.is_some() {
        // A dictionary of byte sequences (RFC 9421, 4.2).
        return field.split_once("=:").filter(|(_, rest)| rest.contains(':')).map(|_| TAGS + LENGTH);
    }
    let looks = |signature: &&[u8]| looks_like(signature, scheme.algorithm, scheme.signature.encoding);
    if let Some(tagged) = declared.tagged(field.as_bytes()) {
        return tagged.iter().any(|(_, signature)| looks(signature)).then_some(TAGS + LENGTH);
    }
    let signatures = declared.signatures(field.as_bytes())?;
    let written = match &scheme.signature.format {
        Format::Value { required: true, .. } => PREFIX,
        Format::List { .. } => TAGS,
        _ => 0,
    };
    let has_form = scheme.algorithm == Algorithm::Jwt || digest_bytes(scheme.algorithm).is_some();
    let length = if has_form { LENGTH } else { 0 };
    signatures.iter().any(looks).then_some(written + length)
}

/// Returns whether the algorithm and the encoding can produce such a text.
fn looks_like(signature: &&[u8], algorithm: Algorithm, encoding: Encoding) -> bool {
    if algorithm == Algorithm::Jwt {
        return is_jwt(signature);
    }
    let Some(bytes) = digest_bytes(algorithm) else { return !signature.is_empty() };
    let digits = signature.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let padded = |length: usize| length == signature.len() || length.div_ceil(4) * 4 == signature.len();
    let base64 = |more: &[u8]| {
        let text = signature.get(..digits).unwrap_or_default();
        let digits_only = text.iter().all(|byte| byte.is_ascii_alphanumeric() || more.contains(byte));
        digits_only && digits == (bytes * 4).div_ceil(3) && padded(digits)
    };
    let hex = || signature.len() == bytes * 2 && signature.iter().all(u8::is_ascii_hexdigit);
    match encoding {
        Encoding::Hex => hex(),
        Encoding::HexOrBase64 => hex() || base64(b"+/"),
        Encoding::Base64 => base64(b"+/"),
        Encoding::Base64Url | Encoding::Base64UrlUnpadded => base64(b"-_"),
        Encoding::Base64Json => signature.starts_with(b"eyJ"),
        _ => true,
    }
}

/// Returns the length of a result, if it is constant.
const fn digest_bytes(algorithm: Algorithm) -> Option<usize> {
    match algorithm {
        Algorithm::HmacMd5 | Algorithm::Md5 => Some(16),
        Algorithm::HmacSha1 | Algorithm::Sha1 => Some(20),
        Algorithm::HmacSha256 | Algorithm::Sha256 => Some(32),
        Algorithm::HmacSha384 | Algorithm::Sha384 => Some(48),
        Algorithm::HmacSha512 | Algorithm::Sha512 | Algorithm::Ed25519 => Some(64),
        _ => None,
    }
}

/// The initial score, large enough to stay positive after all penalties.
const START: u32 = 100;
/// The score of a signature header that no other provider has.
const SIGNATURE: u32 = 300;
/// The score of any other header that no other provider has: two of them weigh as much as a signature header.
const BESIDE: u32 = 150;
/// The score of the headers beside a signature from which on they name a provider: a header that two providers have.
const TELLING: u32 = BESIDE / 2;
/// Words that headers of many senders have.
const GENERAL: [&str; 24] = [
    "action",
    "api",
    "content",
    "date",
    "delivery",
    "event",
    "hook",
    "hub",
    "id",
    "key",
    "message",
    "name",
    "nonce",
    "request",
    "signature",
    "time",
    "timestamp",
    "topic",
    "type",
    "uuid",
    "version",
    "webhook",
    "webhooks",
    "x",
];
/// The score of a value in the body, which is less significant than a header: many bodies have an `/id`.
const IN_BODY: u32 = 10;
const UNIT: u32 = 5;
const PREFIX: u32 = 30;
const TAGS: u32 = 20;
const LENGTH: u32 = 40;
/// The penalty for a missing signed value: the request cannot verify.
const REQUIRED: u32 = 90;
/// The penalty for a missing value that is usually present.
const EXPECTED: u32 = 20;
