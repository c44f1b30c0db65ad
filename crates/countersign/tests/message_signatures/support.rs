//! Builds the message of the standard and its signatures, and verifies them.

use countersign::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField};
use countersign::{
    Delivery, Head, Provider, Secret, Signer, SigningRequest, Tolerance, UnixTime, Verifier, VerifyError,
};
use http::{HeaderMap, HeaderName, HeaderValue};

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../data/keys/", $name))
    };
}

pub(crate) use key;

pub(crate) const CREATED: UnixTime = UnixTime::from_secs(1_618_884_473);

pub(crate) const URL: &str = "https://example.com/foo?param=Value&Pet=dog";

pub(crate) const BODY: &str = r#"{"hello": "world"}"#;

pub(crate) const SHARED: &str =
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

pub(crate) const DIGEST: &str =
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

/// The message of appendix B.2 with a signature.
pub(crate) fn message(input: &str, signature: &str) -> HeaderMap {
    headers(&[
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-digest", DIGEST),
        ("content-length", "18"),
        ("signature-input", input),
        ("signature", signature),
    ])
}

pub(crate) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

pub(crate) fn provider(algorithm: Algorithm, components: &'static str) -> Provider {
    let scheme = Scheme::message_signature(algorithm, components, Tolerance::seconds(300));
    Provider::new("own", "Own", scheme.with_key_id(Location::signature_item("keyid")))
}

pub(crate) fn verify(provider: Provider, key: &str, headers: &HeaderMap) -> Result<Delivery, VerifyError> {
    verify_at(provider, key, headers, BODY, CREATED)
}

pub(crate) fn verify_at(
    provider: Provider,
    key: &str,
    headers: &HeaderMap,
    body: &str,
    now: UnixTime,
) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::new(provider, Secret::new(key).unwrap()).unwrap();
    verifier.verify(&Head::new(headers).with_url(URL), body.to_owned(), now)
}

pub(crate) const B21: [&str; 2] = [
    r#"sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
    "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
];

pub(crate) const B22: [&str; 2] = [
    r#"sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example""#,
    "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
];

pub(crate) const B23: [&str; 2] = [
    r#"sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#,
    "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
];

pub(crate) const B25: [&str; 2] = [
    r#"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
    "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
];

pub(crate) const B26: [&str; 2] = [
    r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
];

pub(crate) fn message_of([input, signature]: [&str; 2]) -> HeaderMap {
    message(input, signature)
}

pub(crate) fn shared(components: &'static str) -> Provider {
    let mut provider = provider(Algorithm::HmacSha256, components);
    provider.scheme.key = KeyFormat::base64("");
    provider
}

/// A message whose signature covers the method and these components, which have these values in its base.
pub(crate) fn covering(components: &[(&str, &str)], sent: &[(&str, &str)]) -> HeaderMap {
    let names: String = components.iter().map(|(name, _)| format!(" {name}")).collect();
    let params = format!("(\"@method\"{names});created=1618884473;keyid=\"test-shared-secret\"");
    let lines: String = components.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let signature = base_signature(&format!("\"@method\": POST\n{lines}\"@signature-params\": {params}"));
    let mut headers = headers(&[
        ("signature-input", &format!("sig={params}")),
        ("signature", &format!("sig=:{signature}:")),
    ]);
    for (name, value) in sent {
        headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// The HMAC of a signature base in Base64.
pub(crate) fn base_signature(base: &str) -> String {
    let field = SignatureField::header("signature", Encoding::Base64);
    let mut scheme = Scheme::new(Algorithm::HmacSha256, field, "{body}");
    scheme.key = KeyFormat::base64("");
    let signer = Signer::new(Provider::new("own", "Own", scheme), Secret::new(SHARED).unwrap()).unwrap();
    signer.signature(&SigningRequest::new(base.to_owned(), CREATED)).unwrap()
}

pub(crate) fn kind(verified: Result<Delivery, VerifyError>) -> &'static str {
    verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
}
