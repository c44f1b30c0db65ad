//! Finds conspicuous properties of a request that no guess explains.

use countersign::scheme::{Encoding, Format, KeyEncoding, Location};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::case::Case;
use super::{Cause, RejectionReason, body_clue};

/// Returns the most significant one. Those of secret and signature count only if they were compared.
pub(super) fn find(case: &Case, reason: &RejectionReason) -> Option<Cause> {
    let compared = Some(case).filter(|_| reason.is_mismatch());
    let certain = body(case).or_else(|| secret(compared?)).or_else(|| body_clue::find(case));
    certain.or_else(|| length(compared?)).or_else(|| secret_cut(compared?))
}

/// Reports a secret that is short or ends within quotes.
fn secret_cut(case: &Case) -> Option<Cause> {
    let scheme = &case.provider.scheme;
    let is_shared = !scheme.algorithm.is_asymmetric() && scheme.jwt.is_none();
    let is_cut = |text: &str| {
        let quotes = text.bytes().filter(|byte| matches!(byte, b'"' | b'\'')).count();
        text.len() < SHORT || text.ends_with('\\') || quotes % 2 == 1
    };
    let mut texts = case.secrets.iter().map(|stored| stored.text().trim()).filter(|_| is_shared);
    texts.find(|text| is_cut(text)).map(|_| {
        Cause::new(
            "secret_cut",
            "the secret is short, or has one quote or a backslash at its end, so it may be cut: a shell cuts a secret at `$`, a \
             file of variables at `#`; compare it with the one that the provider shows",
        )
    })
}

/// The length below which a secret is conspicuous: generated ones have 16 characters and more.
const SHORT: usize = 12;

fn body(case: &Case) -> Option<Cause> {
    let bytes = case.body.len();
    let text = |name| case.headers.get(name)?.to_str().ok();
    let announced = text(CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
    if let Some(announced) = announced.filter(|announced| *announced != bytes) {
        return Some(Cause::owned(
            "content_length_differs",
            format!(
                "Content-Length announces {announced} bytes and the body has {bytes}, so it was changed on its way"
            ),
        ));
    }
    if bytes == 0 && case.signs("body") {
        return Some(Cause::new("body_empty", "the body is empty, so something may have read it before"));
    }
    if std::str::from_utf8(&case.body).is_ok_and(|body| body.contains('\u{fffd}')) {
        return Some(Cause::new(
            "body_replacement_characters",
            "the body has replacement characters, so bytes that are not UTF-8 were lost on the way",
        ));
    }
    let encoding = text(CONTENT_ENCODING).filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    let is_text = std::str::from_utf8(&case.body).is_ok();
    encoding.filter(|_| is_text).map(|_| {
        Cause::new(
            "body_decompressed",
            "Content-Encoding says that the body is compressed and it is text, so something has decompressed it",
        )
    })
}

/// Reports a configured secret that does not have the form of this provider's.
fn secret(case: &Case) -> Option<Cause> {
    let scheme = &case.provider.scheme;
    if scheme.algorithm.is_asymmetric() || scheme.jwt.is_some() {
        return None;
    }
    let prefixes = || scheme.key.prefix.split('|').filter(|prefix| !prefix.is_empty());
    case.secrets.iter().find_map(|stored| {
        let text = stored.text().trim();
        if prefixes().any(|prefix| text.starts_with(prefix)) {
            return None;
        }
        if PLACEHOLDERS.contains(&text.to_ascii_lowercase().as_str()) || text.starts_with("${") || text.starts_with("process.env") {
            return Some(Cause::new(
                "secret_placeholder",
                "the secret is the name of a variable or the word for a missing value: the configuration was not filled in",
            ));
        }
        let known = KINDS.iter().find(|(start, _)| text.starts_with(start) && text.len() > start.len() + 3);
        known.map(|(start, kind)| {
            let sentence = format!(
                "the secret begins with `{start}`, as {kind} does: unless this provider signs with that, take the signing \
                 secret that it shows for the endpoint"
            );
            Cause::owned("secret_of_another_kind", sentence)
        })
    })
}

/// Reports a signature whose length is that of another algorithm.
fn length(case: &Case) -> Option<Cause> {
    let scheme = &case.provider.scheme;
    let Location::Header(names) = &scheme.signature.at else { return None };
    let value = names.split(',').find_map(|name| case.headers.get(name.trim()))?.to_str().ok()?;
    let Format::Value { prefixes, .. } = &scheme.signature.format else { return None };
    let prefixes = prefixes.split('|').filter(|prefix| !prefix.is_empty());
    let text = prefixes.into_iter().find_map(|prefix| value.strip_prefix(prefix)).unwrap_or(value).trim();
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (name, _) = SIZES.iter().find(|(_, bytes)| is_hex && text.len() == bytes * 2)?;
    let declared = format!("{:?}", scheme.algorithm).to_ascii_lowercase();
    let same = scheme.signature.encoding == Encoding::Hex
        && declared.ends_with(&name.replace('-', "").to_ascii_lowercase());
    (!same && scheme.key.encoding != KeyEncoding::Hex && scheme.algorithm.covers_content()).then(|| {
        let sentence = format!(
            "the signature is as long as one with {name} in hexadecimal, which is not what the declaration has: look \
             for the version of the scheme that the provider uses"
        );
        Cause::owned("signature_length", sentence)
    })
}

static PLACEHOLDERS: [&str; 9] = [
    "undefined",
    "null",
    "none",
    "nil",
    "changeme",
    "your_webhook_secret",
    "webhook_secret",
    "secret",
    "xxx",
];

/// Beginnings of texts that are not signing secrets.
static KINDS: [(&str, &str); 23] = [
    ("sk_live_", "an API key"),
    ("sk_test_", "an API key"),
    ("rk_live_", "a restricted API key"),
    ("rk_test_", "a restricted API key"),
    ("pk_live_", "a publishable key"),
    ("pk_test_", "a publishable key"),
    ("we_", "the id of an endpoint"),
    ("ghp_", "a personal access token"),
    ("github_pat_", "a personal access token"),
    ("gho_", "an OAuth token"),
    ("ghs_", "an installation token"),
    ("glpat-", "a personal access token"),
    ("xoxb-", "a bot token"),
    ("xoxp-", "a user token"),
    ("xapp-", "an app token"),
    ("SG.", "an API key"),
    ("shpat_", "an access token"),
    ("APP_USR-", "an access token"),
    ("re_", "an API key"),
    ("EAA", "an access token"),
    ("eyJ", "a JSON Web Token"),
    ("Bearer ", "an access token"),
    ("https://", "a URL"),
];

static SIZES: [(&str, usize); 4] = [("MD5", 16), ("SHA-1", 20), ("SHA-256", 32), ("SHA-512", 64)];
