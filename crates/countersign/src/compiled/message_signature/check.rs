use crate::error::ConfigError;
use crate::scheme::{Encoding, Location, MessageSignatureRules, Scheme, TimestampFormat};

/// Checks that the other fields of the scheme fit the rules for message signatures.
pub(in crate::compiled) fn check(scheme: &Scheme) -> Result<(), ConfigError> {
    let Some(rules) = &scheme.message_signature else { return Ok(()) };
    if rules.components().any(str::is_empty) {
        let problem =
            "names no component: at least `content-digest` has to be covered for the body to be signed";
        return Err(ConfigError::new("scheme.message_signature.components", problem));
    }
    let is_dated =
        scheme.timestamp.as_ref().is_some_and(|field| matches!(field.at, Location::SignatureItem(_)));
    let varies = |name: &str| !name.starts_with('@') || name.starts_with("@query");
    if !is_dated && !rules.components().any(varies) {
        let problem = "names nothing that differs from one request to the next: one signature would be right for all of them; \
                       cover `content-digest`";
        return Err(ConfigError::new("scheme.message_signature.components", problem));
    }
    if MessageSignatureRules::algorithm_name(scheme.algorithm).is_none() {
        let known = "hmac-sha256, ed25519, ecdsa-p256-sha256, ecdsa-p384-sha384, rsa-sha256, rsa-pss-sha512";
        return Err(ConfigError::new(
            "scheme.algorithm",
            format!("signs no HTTP messages (RFC 9421): use one of {known}"),
        ));
    }
    if !matches!(&scheme.signature.at, Location::Header(name) if name == "signature")
        || scheme.signature.encoding != Encoding::Base64
    {
        let problem = "has to be `{ at = \"header:signature\", encoding = \"base64\" }` with `message_signature` (RFC 9421)";
        return Err(ConfigError::new("scheme.signature", problem));
    }
    if scheme.for_each.is_some() || scheme.any_port {
        let problem = "does not go together with `for_each` and `any_port`";
        return Err(ConfigError::new("scheme.message_signature", problem));
    }
    let timestamp = scheme.timestamp.as_ref();
    if let Some(field) = timestamp.filter(|field| matches!(field.at, Location::SignatureItem(_)))
        && (field.at != Location::signature_item("created") || field.format != TimestampFormat::Seconds)
    {
        let problem = "has to be `sig:created` in seconds, the time of the signature (RFC 9421)";
        return Err(ConfigError::new("scheme.timestamp", problem));
    }
    Ok(())
}
