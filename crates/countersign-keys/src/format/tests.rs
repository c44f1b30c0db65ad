use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

use super::*;

const JWK: &str =
    r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";

/// Returns a certificate for these names, valid in January and February of 2026.
pub(crate) fn certificate(common: &str, alternatives: &[&str]) -> String {
    let alternatives: Vec<_> = alternatives.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(alternatives).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 3, 1);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

const JANUARY: UnixTime = UnixTime::from_secs(1_768_000_000);

fn read(format: &KeySetFormat, body: &str) -> Result<Published, String> {
    format.read(body.as_bytes(), &[]).map_err(|error| error.to_string())
}

fn read_for(subject: &str, body: &str) -> Result<Published, String> {
    let subjects = [Pattern::parse(subject).unwrap()];
    KeySetFormat::pem().read(body.as_bytes(), &subjects).map_err(|error| error.to_string())
}

fn names(published: &Published, name: Option<&str>, now: UnixTime) -> Option<Vec<String>> {
    published.select(name, now).map(|keys| keys.names().map(str::to_owned).collect())
}

#[test]
fn a_set_gives_the_key_of_a_name_or_all() {
    let set = format!(r#"{{"keys":[{JWK},{}]}}"#, JWK.replace(r#""a""#, r#""b""#));
    let published = read(&KeySetFormat::jwks(), &set).unwrap();
    assert_eq!(names(&published, None, JANUARY).unwrap(), ["a", "b"]);
    assert_eq!(names(&published, Some("b"), JANUARY).unwrap(), ["b"]);
    assert_eq!(names(&published, Some("c"), JANUARY), None);
}

#[test]
fn keys_are_found_within_json() {
    let set = read(&KeySetFormat::jwks().at("/data"), &format!(r#"{{"data":{{"keys":[{JWK}]}}}}"#)).unwrap();
    assert_eq!(names(&set, None, JANUARY).unwrap(), ["a"]);
    let pem = serde_json::json!({ "data": { "public_key": PUBLIC } }).to_string();
    assert!(read(&KeySetFormat::pem().at("/data/public_key"), &pem).is_ok());
    assert!(read(&KeySetFormat::pem().at("/public_key"), &pem).unwrap_err().contains("has no `/public_key`"));
}

#[test]
fn pem_may_be_in_base64_with_line_breaks() {
    let encoded = STANDARD.encode(PUBLIC);
    let lines = format!("{}\n{}\n", &encoded[..60], &encoded[60..]);
    let text = |published: Published| published.keys.names().count();
    assert_eq!(read(&KeySetFormat::pem(), &lines).map(text), Ok(1));
    assert!(read(&KeySetFormat::pem(), "bm90IGEga2V5").unwrap_err().contains("not PEM"));
}

#[test]
fn a_key_of_plaid_is_not_used_after_it_has_expired() {
    let body = |expired: &str| {
        format!(r#"{{"key":{}}}"#, JWK.replace("{", &format!(r#"{{"expired_at":{expired},"#)))
    };
    let format = KeySetFormat::jwk().at("/key");
    let at = |secs| UnixTime::from_secs(secs);
    let expired = read(&format, &body("1000")).unwrap();
    assert_eq!(names(&expired, None, at(1000)).unwrap(), ["a"]);
    assert_eq!(names(&expired, None, at(1001)), None);
    assert!(names(&read(&format, &body("null")).unwrap(), None, JANUARY).is_some());
}

#[test]
fn a_certificate_counts_while_it_is_valid() {
    let published = read(&KeySetFormat::pem(), &certificate("certs.example.com", &[])).unwrap();
    let at = |secs| names(&published, None, UnixTime::from_secs(secs)).is_some();
    let (start, end) = (1_767_225_600, 1_772_323_200);
    assert_eq!([start - 1, start, end, end + 1].map(at), [false, true, true, false]);
}

#[test]
fn a_certificate_must_be_for_the_subject() {
    for (common, alternatives, subject, fits) in [
        ("messageverificationcerts.paypal.com", &[][..], "*.paypal.com", true),
        ("MessageVerificationCerts.PayPal.com", &[], "*.paypal.com", true),
        (
            "another.example.com",
            &["other.example.com", "messageverificationcerts.paypal.com"],
            "*.paypal.com",
            true,
        ),
        ("paypal.com.evil.com", &["evil.com"], "*.paypal.com", false),
        ("evil.com", &[], "*.paypal.com", false),
        ("sns.amazonaws.com", &[], "sns.amazonaws.com", true),
        ("sns-signing.af-south-1.amazonaws.com", &[], "sns-signing.{region}.amazonaws.com", true),
        ("sns-signing.evil.amazonaws.com", &[], "sns-signing.{region}.amazonaws.com", false),
    ] {
        let found = read_for(subject, &certificate(common, alternatives));
        assert_eq!(found.is_ok(), fits, "{common} {alternatives:?}: {found:?}");
    }
    assert!(read_for("*.paypal.com", PUBLIC).unwrap_err().contains("not a certificate"));
}

#[test]
fn the_first_certificate_of_a_chain_is_the_one_that_is_checked_and_used() {
    let (good, evil) = (certificate("a.paypal.com", &[]), certificate("evil.com", &[]));
    assert!(read_for("*.paypal.com", &format!("{good}{evil}")).is_ok());
    assert!(read_for("*.paypal.com", &format!("{evil}{good}")).is_err());
    assert!(read_for("*.paypal.com", &format!("{PUBLIC}{good}")).is_err());
    let (_, used) = (0, read_for("*.paypal.com", &format!("\u{feff}text\n{good}\n{evil}")).unwrap());
    assert_eq!(used.keys.names().collect::<Vec<_>>(), ["published"]);
}

#[test]
fn what_holds_no_public_key_is_refused() {
    for (format, body, reason) in [
        (KeySetFormat::jwks(), "<html>", "not JSON"),
        (KeySetFormat::jwks(), r#"{"keys":[]}"#, "no public key"),
        (KeySetFormat::jwk(), r#"{"kty":"oct","k":"AQAB"}"#, "no public key"),
        (KeySetFormat::pem(), "<html>", "not PEM"),
        (KeySetFormat::pem(), "-----BEGIN PUBLIC KEY-----\nMCow", "not a complete PEM"),
        (
            KeySetFormat::pem(),
            "-----BEGIN PRIVATE KEY-----\nMCow\n-----END PRIVATE KEY-----",
            "is a PRIVATE KEY",
        ),
        (
            KeySetFormat::pem(),
            "-----BEGIN CERTIFICATE-----\nMCow\n-----END CERTIFICATE-----",
            "not a certificate",
        ),
    ] {
        let error = read(&format, body).unwrap_err();
        assert!(error.contains(reason) || error.contains("not a JSON Web Key Set"), "{body}: {error}");
    }
    assert!(KeySetFormat::jwks().read(b"\xff", &[]).is_err());
}
