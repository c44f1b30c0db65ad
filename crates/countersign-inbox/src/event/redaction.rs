use countersign::Provider;
use countersign::scheme::Location;
use http::HeaderName;

use super::StoredHead;

impl StoredHead {
    /// Returns whether the value of a header is confidential, whoever looks at it: credentials, signatures, cookies, and the
    /// headers that the provider's declaration signs with. Errs on the side of confidentiality, because a user's own
    /// declaration is not known to operators' tools.
    #[must_use]
    pub fn is_confidential(name: &HeaderName, provider: Option<&Provider>) -> bool {
        let name = name.as_str();
        WORDS.iter().any(|word| name.contains(word))
            || provider.is_some_and(|provider| {
                provider.scheme.signature.at.alternatives().iter().any(|place| match place {
                    Location::Header(names) => {
                        names.split(',').any(|declared| declared.trim().eq_ignore_ascii_case(name))
                    }
                    _ => false,
                })
            })
    }
}

/// The words that names of such headers contain.
const WORDS: [&str; 15] = [
    "auth",
    "cookie",
    "credential",
    "digest",
    "hmac",
    "jws",
    "jwt",
    "-key",
    "passw",
    "secret",
    "session",
    "signature",
    "-sig",
    "-mac",
    "token",
];

#[cfg(test)]
mod tests {
    use countersign::providers;

    use super::*;

    #[test]
    fn signatures_of_the_whole_catalogue_are_secret() {
        for provider in providers::all() {
            if let Location::Header(names) = &provider.scheme.signature.at {
                for name in names.split(',') {
                    let name = HeaderName::try_from(name.trim()).unwrap();
                    assert!(StoredHead::is_confidential(&name, Some(provider)), "{}: {name}", provider.slug);
                }
            }
        }
    }

    #[test]
    fn credentials_are_secret_whoever_sends_them_and_the_rest_is_not() {
        let secret = |name| StoredHead::is_confidential(&HeaderName::from_static(name), None);
        for name in [
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "x-api-key",
            "x-acme-signature-256",
        ] {
            assert!(secret(name), "{name}");
        }
        for name in ["content-type", "user-agent", "webhook-id", "webhook-timestamp", "host", "traceparent"] {
            assert!(!secret(name), "{name}");
        }
    }
}
