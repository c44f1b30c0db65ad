//! Declarations and requests of the tests.

use countersign::{Delivery, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

pub(crate) fn declared(scheme: &str, event: &str) -> Provider {
    let toml = format!(
        "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n{scheme}\n[event]\n{event}"
    );
    Provider::from_toml(&toml).unwrap()
}

/// Returns a declaration with a signature over the body in a header.
pub(crate) fn signed_body(more: &str, event: &str) -> Provider {
    let scheme = "algorithm = 'hmac-sha256'\ncontent = '{body}'\n\
                  signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    declared(&format!("{scheme}{more}"), event)
}

/// The verdict on `{}`, signed as the content alone, with these headers and this target.
pub(crate) fn verdict(
    provider: &Provider,
    signed: &str,
    headers: &[(&str, &[u8])],
    target: &str,
) -> &'static str {
    let signature = signer_of_text(signed);
    let mut map = HeaderMap::new();
    map.insert("x-signature", signature.parse().unwrap());
    for (name, value) in headers {
        map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value).unwrap());
    }
    let verifier = Verifier::new(provider.clone(), secret("s")).unwrap();
    let verified = verifier.verify(&Head::new(&map).with_target(target), "{}", NOW);
    verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
}

/// The signature over a text, whatever a declaration makes it of.
pub(crate) fn signer_of_text(text: &str) -> String {
    let signer = Signer::new(signed_body("", ""), secret("s")).unwrap();
    signer.signature(&SigningRequest::new(text.to_owned(), NOW)).unwrap()
}

/// A signature over this content in a header.
pub(crate) fn signed_content(content: &str, more: &str, event: &str) -> Provider {
    let scheme = format!(
        "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
         signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n{more}"
    );
    declared(&scheme, event)
}

/// Verifies this body at a URL that ends with a slash or not, signed for the URL without it.
pub(crate) fn delivered(provider: &Provider, body: &'static str, url: &str) -> Delivery {
    let request = SigningRequest::new(body, NOW)
        .with_id("7")
        .with_url("https://own.example/in")
        .with_header(HeaderName::from_static("x-type"), HeaderValue::from_static("paid"));
    let mut headers = Signer::new(provider.clone(), secret("s")).unwrap().sign(&request).unwrap();
    for (name, value) in [("x-id", "7"), ("x-type", "paid")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let verifier = Verifier::new(provider.clone(), secret("s")).unwrap();
    verifier.verify(&Head::new(&headers).with_url(url), body, NOW).unwrap()
}
