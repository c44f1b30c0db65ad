//! Signs a request and verifies it under the same declaration.

use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use http::{HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

pub(crate) const JSON: &str = r#"{"a":1,"at":"1700000000","http":"Tue, 14 Nov 2023 22:13:20 GMT","date":"2023-11-14T22:13:20Z","ms":1700000000000}"#;

pub(crate) const FORM: &str = "a=1&at=1700000000&http=Tue%2C+14+Nov+2023+22%3A13%3A20+GMT&date=2023-11-14T22%3A13%3A20Z&ms=1700000000000";

const URL: &str = "https://own.example/in?a=1";

fn secret() -> Secret {
    Secret::new("k:a secret").unwrap()
}

/// Returns the verdict on a request that a signer makes for the declaration, or the reason why none can be made. The
/// places of signatures that this one does not have hold other values.
pub(crate) fn round_trip(provider: &Provider, body: &'static str, media: &'static str) -> Result<(), String> {
    let at = provider.scheme.signature.at.to_string();
    let body = match at.as_str() {
        "json:/sig" | "form:sig" => body.to_owned(),
        _ if body == JSON => body.replacen('{', "{\"sig\":\"x\",", 1),
        _ => format!("{body}&sig=x"),
    };
    let url = if at == "query:sig" { URL.to_owned() } else { format!("{URL}&sig=x") };
    let signer = Signer::new(provider.clone(), secret()).map_err(|error| format!("signer: {error}"))?;
    let mut request = SigningRequest::new(body, NOW)
        .with_url(&url)
        .with_id("i1")
        .with_header(HeaderName::from_static("x-a"), HeaderValue::from_static("1"))
        .with_header(http::header::CONTENT_TYPE, HeaderValue::from_static(media));
    if at != "header:x-signature" {
        request = request.with_header(HeaderName::from_static("x-signature"), HeaderValue::from_static("x"));
    }
    let signed = signer.sign_request(&request).map_err(|error| format!("sign: {error}"))?;
    let verifier = Verifier::new(provider.clone(), secret()).unwrap();
    let head = Head::new(&signed.headers).with_url(signed.url.as_deref().unwrap_or(&url));
    let verified = verifier.verify(&head, signed.body, NOW);
    verified.map(drop).map_err(|error| format!("verify: {error}"))
}
