//! Requests to a declaration that signs the value of a row, and changes of them.

use http::{HeaderMap, HeaderName};

use super::super::{Covers, Needs, Transform};
use crate::scheme::{
    Algorithm, Encoding, Format, JwtRules, Location, Scheme, SignatureField, TimestampFormat,
};
use crate::{Head, Provider, Secret, Tolerance, UnixTime, Verifier, inspect};

/// A part of a request that is changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Change {
    Id,
    Timestamp,
    Method,
    Origin,
    Path,
    QueryA,
    QueryB,
    HeaderA,
    HeaderB,
    ItemA,
    ItemB,
    /// Bytes of the body that are no value.
    Bytes,
    ValueA,
    ValueB,
    ValueC,
    Signature,
}

pub(super) const CHANGES: &[Change] = &[
    Change::Id,
    Change::Timestamp,
    Change::Method,
    Change::Origin,
    Change::Path,
    Change::QueryA,
    Change::QueryB,
    Change::HeaderA,
    Change::HeaderB,
    Change::ItemA,
    Change::ItemB,
    Change::Bytes,
    Change::ValueA,
    Change::ValueB,
    Change::ValueC,
    Change::Signature,
];

/// A request with a value for every row.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Request {
    pub(super) fn of(row: &Transform) -> Self {
        let is_form = row.needs == Needs::Form;
        let signature = match row.needs {
            // `{"alg":"HS256","a":"x-a,x-at"}`
            Needs::HeadersOfClaim => "eyJhbGciOiJIUzI1NiIsImEiOiJ4LWEseC1hdCJ9..AAAA",
            _ => "v1=00,a=1,b=1,list=x-a x-at",
        };
        let body = if is_form { "a=1&b=2&c=3&sig=4" } else { r#"{"a":"1","b":"2","c":"3","sig":"4"}"# };
        let kind = if is_form { "application/x-www-form-urlencoded" } else { "application/json" };
        let headers = [
            ("x-id", "1"),
            ("x-at", "1700000000"),
            ("x-a", "1"),
            ("x-b", "1"),
            ("x-list", "x-a,x-at,x-list"),
            ("x-signature", signature),
            ("content-type", kind),
        ];
        Self {
            method: "POST".to_owned(),
            url: "https://a.example/p?a=1&b=2".to_owned(),
            headers: headers.map(|(name, value)| (name, value.to_owned())).into(),
            body: body.to_owned(),
        }
    }

    /// Returns the request with a change, or nothing if it has no such part.
    pub(super) fn with(&self, change: Change) -> Option<Self> {
        let mut changed = self.clone();
        let is_form = self.body.starts_with('a');
        let (part, from, to): (&mut String, _, _) = match change {
            Change::Id => (changed.header("x-id"), "1", "2"),
            Change::Timestamp => (changed.header("x-at"), "1700000000", "1700000001"),
            Change::Method => (&mut changed.method, "POST", "PUT"),
            Change::Origin => (&mut changed.url, "a.example", "b.example"),
            Change::Path => (&mut changed.url, "/p", "/q"),
            Change::QueryA => (&mut changed.url, "a=1", "a=3"),
            Change::QueryB => (&mut changed.url, "b=2", "b=3"),
            Change::HeaderA => (changed.header("x-a"), "1", "2"),
            Change::HeaderB => (changed.header("x-b"), "1", "2"),
            Change::ItemA => (changed.header("x-signature"), "a=1", "a=2"),
            Change::ItemB => (changed.header("x-signature"), "b=1", "b=2"),
            Change::Bytes if is_form => (&mut changed.body, "a=1", "a=%31"),
            Change::Bytes => (&mut changed.body, "{", "{ "),
            Change::ValueA if is_form => (&mut changed.body, "a=1", "a=5"),
            Change::ValueA => (&mut changed.body, "1", "5"),
            Change::ValueB => (&mut changed.body, "2", "5"),
            Change::ValueC => (&mut changed.body, "3", "5"),
            Change::Signature => (&mut changed.body, "4", "5"),
        };
        let text = part.replacen(from, to, 1);
        (*part != text).then(|| *part = text)?;
        Some(changed)
    }

    fn header(&mut self, name: &str) -> &mut String {
        &mut self.headers.iter_mut().find(|(other, _)| *other == name).unwrap().1
    }

    /// Returns the value of the row in this request.
    pub(super) fn value(&self, row: &Transform) -> Vec<u8> {
        let now = UnixTime::from_secs(1_700_000_000);
        let verifier = Verifier::new(declared(row), Secret::new("0123456789abcdef0123456789abcdef").unwrap());
        let header =
            |(name, value): &(&'static str, String)| (HeaderName::from_static(name), value.parse().unwrap());
        let headers: HeaderMap = self.headers.iter().map(header).collect();
        let head = Head::new(&headers).with_method(&self.method).with_url(&self.url);
        let signed = inspect::signed_bytes(&verifier.unwrap(), &head, self.body.as_bytes(), now);
        let signed = signed.unwrap_or_else(|error| panic!("{}: {error}", row.name));
        match row.needs.is_body() {
            true => signed,
            false => signed.strip_suffix(self.body.as_bytes()).unwrap().to_vec(),
        }
    }
}

/// Returns a declaration that signs the value of the row, and the body after it if the value is from the head.
pub(super) fn declared(row: &Transform) -> Provider {
    let content = match row.needs {
        // The item is signed beside the headers that it lists.
        Needs::HeadersOfItem => format!("{{sig:list}}.{}.{{body}}", written(row)),
        needs => written(row) + if needs.is_body() { "" } else { "\n{body}" },
    };
    let at = match (row.covers, row.needs) {
        (Covers::OtherValues, Needs::Form) => Location::form("sig"),
        (Covers::OtherValues, _) => Location::json("/sig"),
        _ => Location::header("x-signature"),
    };
    let format = if at.is_in_body() { Format::BARE } else { Format::list(",", "=", "v1") };
    let mut scheme = Scheme::hmac_sha256(SignatureField::at(at, format, Encoding::Hex), "");
    if row.needs == Needs::Secret {
        scheme.algorithm = Algorithm::Sha256;
    }
    if row.needs == Needs::HeadersOfClaim {
        let field = SignatureField::header("x-signature", Encoding::Base64Url);
        scheme = Scheme::jwt(field, "HS256").with_jwt(JwtRules::new("HS256").detached());
    }
    scheme.content = content.into();
    scheme =
        scheme.with_timestamp(Location::header("x-at"), TimestampFormat::Seconds, Tolerance::seconds(300));
    Provider::new("row", "Row", scheme).with_id(Location::header("x-id")).with_parameter("a", "1")
}

/// Returns the placeholder of a row, with an argument.
pub(super) fn written(row: &Transform) -> String {
    let argument = match (row.argument, row.needs) {
        ("", _) => "",
        ("HEADER", Needs::Headers) => "x-list",
        ("HEADER", _) => "x-a",
        ("POINTER", _) => "/a",
        ("NAMES", _) => "c",
        ("PLACEHOLDER", _) => "body",
        (_, Needs::HeadersOfItem) => "list",
        _ => "a",
    };
    format!("{{{}{argument}{}}}", row.before, row.after)
}
