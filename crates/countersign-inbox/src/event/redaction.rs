use countersign::Provider;
use countersign::handshake::{Place, Trust};
use countersign::scheme::Location;
use http::{HeaderMap, HeaderName};

use super::StoredHead;

impl StoredHead {
    /// Returns whether the value of a header is confidential: credentials, signatures, cookies, and the headers that the
    /// provider's declaration signs with. Without a provider, everything is that is not known to be harmless: a user's own
    /// declaration is not known to operators' tools, and a header of any name may be its token.
    #[must_use]
    pub fn is_confidential(name: &HeaderName, provider: Option<&Provider>) -> bool {
        let name = name.as_str();
        let Some(provider) = provider else { return !HARMLESS.contains(&name) };
        let is_declared = |names: &str| names.split(',').any(|of| of.trim().eq_ignore_ascii_case(name));
        WORDS.iter().any(|word| name.contains(word))
            || provider.scheme.signature.at.alternatives().iter().any(|place| match place {
                Location::Header(names) => is_declared(names),
                _ => false,
            })
            || tokens(provider).flat_map(Place::alternatives).any(|place| match place {
                Place::Header(names) => is_declared(names),
                _ => false,
            })
    }

    /// Returns the headers that are shown to an operator: without [confidential](Self::is_confidential) ones, unless credentials are
    /// revealed.
    #[must_use]
    pub fn revealed_headers(&self, provider: Option<&Provider>, credentials: bool) -> HeaderMap {
        let is_shown = |name: &HeaderName| credentials || !Self::is_confidential(name, provider);
        let headers = self.headers.iter().filter(|(name, _)| is_shown(name));
        headers.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Returns whether the body of a request may contain a credential or the signature, by the declaration of its provider.
    /// Without a provider it may: a user's own declaration is not known to operators' tools.
    #[must_use]
    pub fn is_body_confidential(provider: Option<&Provider>) -> bool {
        provider.is_none_or(|provider| {
            // Whatever is neither a header nor a part of the query is in the body.
            let is_elsewhere = |place: &Location| matches!(place, Location::Header(_) | Location::Query(_));
            !provider.scheme.signature.at.alternatives().iter().all(is_elsewhere)
                || tokens(provider).any(Place::is_in_body)
        })
    }
}

/// Returns the places of the credentials of handshakes.
fn tokens(provider: &Provider) -> impl Iterator<Item = &Place> {
    provider.handshakes.iter().filter_map(|handshake| match &handshake.trust {
        Trust::VerifyToken(place) | Trust::IssuesSecret(place) => Some(place),
        _ => None,
    })
}

/// The headers whose values are shown although the provider is not known, in lower case.
const HARMLESS: [&str; 17] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "host",
    "traceparent",
    "transfer-encoding",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
];
/// The words that names of such headers contain.
const WORDS: [&str; 19] = [
    // Proxies copy the whole target into `x-original-uri`, `x-forwarded-uri`, `x-envoy-original-path` and the like.
    "-path",
    "-uri",
    "-url",
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
    "referer",
];

#[cfg(test)]
mod tests {
    use countersign::providers;

    use super::*;

    #[test]
    fn signatures_and_tokens_of_the_whole_catalogue_are_secret() {
        for provider in providers::all() {
            let shown = |at: &str| format!("{}: {at}", provider.slug);
            for place in provider.scheme.signature.at.alternatives() {
                // The same text as in a declaration: another way than that of the code.
                let at = String::from(place.clone());
                match at.split_once(':') {
                    Some(("header", names)) => names.split(',').for_each(|name| {
                        let name = HeaderName::try_from(name.trim()).unwrap();
                        assert!(StoredHead::is_confidential(&name, Some(provider)), "{}", shown(&at));
                    }),
                    Some(("query", _)) => {}
                    _ => assert!(StoredHead::is_body_confidential(Some(provider)), "{}", shown(&at)),
                }
            }
            for handshake in provider.handshakes.iter() {
                let (Trust::VerifyToken(place) | Trust::IssuesSecret(place)) = &handshake.trust else {
                    continue;
                };
                for place in place.alternatives() {
                    match place {
                        Place::Header(name) => {
                            let name = HeaderName::try_from(&**name).unwrap();
                            assert!(
                                StoredHead::is_confidential(&name, Some(provider)),
                                "{}",
                                shown(name.as_str())
                            );
                        }
                        Place::Json(_) | Place::Form(_) => {
                            assert!(
                                StoredHead::is_body_confidential(Some(provider)),
                                "{}",
                                shown(&handshake.name)
                            );
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    #[test]
    fn bodies_are_confidential_by_their_declaration_and_not_by_their_content() {
        let of = |slug| StoredHead::is_body_confidential(Some(providers::find(slug).unwrap()));
        for slug in ["figma", "adyen", "braintree"] {
            assert!(of(slug), "{slug}");
        }
        for slug in ["stripe", "github", "shopify"] {
            assert!(!of(slug), "{slug}");
        }
        assert!(StoredHead::is_body_confidential(None));
    }

    #[test]
    fn credentials_of_any_sender_are_secret_and_the_rest_is_not() {
        let github = providers::find("github");
        assert!(github.is_some());
        for name in [
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "x-api-key",
            "x-acme-signature-256",
        ] {
            for provider in [None, github] {
                assert!(StoredHead::is_confidential(&HeaderName::from_static(name), provider), "{name}");
            }
        }
        for name in ["content-type", "user-agent", "webhook-id", "webhook-timestamp", "host", "traceparent"] {
            for provider in [None, github] {
                assert!(!StoredHead::is_confidential(&HeaderName::from_static(name), provider), "{name}");
            }
        }
        let own = HeaderName::from_static("x-acme-pass");
        assert!(StoredHead::is_confidential(&own, None) && !StoredHead::is_confidential(&own, github));
    }
}
