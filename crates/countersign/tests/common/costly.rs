//! Verifiers with as many keys as they take, and declarations of one's own whose costs multiply as far as they load.

use countersign::scheme::{
    Algorithm, Encoding, KeyEncoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat,
};
use countersign::{Provider, SecretSet, Tolerance, Verifier};

use super::fixtures::{self, Fixture};

/// Returns a verifier for the same declaration with as many keys as it takes. The key of the fixture is the last.
pub(crate) fn with_most_keys(fixture: &Fixture) -> Verifier {
    let provider = fixture.verifier.provider();
    let (_, key) = fixtures::keys(provider);
    let is_shared = !key.expose_secret().contains("-----BEGIN");
    let other = |number: usize| {
        let text = key.expose_secret();
        // A public key costs the same under another name; equal shared ones are told apart by their ends.
        let other = match provider.scheme.key.encoding {
            _ if !is_shared => text.to_owned(),
            KeyEncoding::Hex => format!("{text}{number:02}"),
            KeyEncoding::Base64 => format!("{text}AA{number:02}"),
            _ => format!("{text}{number:02}"),
        };
        countersign::Secret::new(other).unwrap()
    };
    let with = |number: usize| {
        let others =
            (1..number).fold(SecretSet::none(), |set, number| set.with(number.to_string(), other(number)));
        Verifier::new(provider.clone(), others.with("genuine", key.clone()))
    };
    let taken = (1..=32).map(with).take_while(Result::is_ok);
    taken.last().unwrap().unwrap()
}

/// Returns requests of declarations that use everything which multiplies the cost of a request.
pub(crate) fn own() -> Vec<Fixture> {
    const MORE: &[KeyFormat] =
        &[KeyFormat::HEX, KeyFormat::new("", KeyEncoding::Base64), KeyFormat::UTF8.hashed_with_sha256()];
    let hex = || SignatureField::header("x-signature", Encoding::Hex);
    let scheme = |algorithm, content| {
        let scheme = Scheme::new(algorithm, hex(), content);
        scheme.with_timestamp(
            Location::header("x-timestamp"),
            TimestampFormat::Seconds,
            Tolerance::seconds(300),
        )
    };
    let contents = [
        "{timestamp}.{body}",
        "{url}|{body}",
        "{body:json-string}",
        "{base64:body:json-sorted}",
        "{json:/id}.{json:?*/type}",
        "{form:sorted}",
    ];
    let algorithms = [
        Algorithm::HmacSha256,
        Algorithm::HmacSha512,
        Algorithm::Ed25519,
        Algorithm::EcdsaP256Sha256,
        Algorithm::EcdsaP384Sha384,
    ];
    let mut schemes = Vec::new();
    for (content, algorithm) in
        contents.iter().flat_map(|content| algorithms.map(|algorithm| (*content, algorithm)))
    {
        let plain = scheme(algorithm, content);
        schemes.push(plain.clone());
        schemes.push(plain.clone().with_final_newline());
        if content.contains("{url}") {
            schemes.push(plain.clone().with_any_port());
            schemes.push(plain.clone().with_any_port().with_final_newline());
        }
        if !algorithm.is_asymmetric() {
            schemes.push(plain.clone().with_key(KeyFormat::UTF8.or(MORE)));
            schemes.push(plain.clone().with_key(KeyFormat::UTF8.or(MORE)).with_final_newline());
        }
    }
    for algorithm in [Algorithm::Md5, Algorithm::Sha1OrSha256, Algorithm::Sha512, Algorithm::Sha256] {
        for content in ["{secret}{body}", "{body:json-sorted}.{secret}", "v1:{body}{secret}"] {
            schemes.push(scheme(algorithm, content));
            schemes.push(scheme(algorithm, content).with_final_newline().with_key(KeyFormat::UTF8.or(MORE)));
        }
    }
    schemes.push(scheme(Algorithm::HmacSha256, "v1:{body}").with_optional_start().with_final_newline());
    let named = schemes.into_iter().map(|scheme| {
        let name = format!("{:?} {} {}", scheme.algorithm, scheme.content.as_str(), scheme.final_newline);
        (name, Provider::new("own", "Own", scheme))
    });
    // Limits whose product is above the limit do not load.
    let loaded = named.filter(|(_, provider)| provider.check().is_ok());
    let found = loaded.map(|(name, provider)| {
        let fixture = fixtures::of(&provider).swap_remove(0);
        Fixture { slug: name, verifier: with_most_keys(&fixture), ..fixture }
    });
    found.collect()
}
