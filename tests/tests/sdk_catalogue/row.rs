//! Rows of the table.

use countersign::Provider;
use countersign_tests::programs::Sdk;

/// An SDK, what it verifies, and where it judges otherwise than we do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) sdk: Sdk,
    pub(crate) provider: &'static Provider,
    /// What we sign with: that of the endpoint, and somebody else's.
    pub(crate) secrets: [&'static str; 2],
    /// What verifies the first one, as the provider hands it out.
    pub(crate) verifies: &'static str,
    /// What is sent. `{signature}` is the signature, where that is in the body.
    pub(crate) body: &'static str,
    /// What is changed in the body.
    pub(crate) change: [&'static str; 2],
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) url: &'static str,
    /// What the SDK accepts and we do not, or the other way round.
    pub(crate) differs: &'static [Variant],
}

/// What is done to a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Variant {
    /// Nothing.
    Genuine,
    /// Somebody else has signed it.
    OtherSecret,
    /// The body is changed.
    Body,
    /// The path of the URL is changed.
    Path,
    /// The query of the URL is changed.
    Query,
    /// The id is changed, where it is a header.
    Id,
    /// It is as old as we accept,
    Oldest,
    /// and a second older.
    TooOld,
    /// It is as far in the future as we accept,
    Latest,
    /// and a second further.
    TooLate,
}

impl Variant {
    pub(crate) const ALL: [Self; 10] = [
        Self::Genuine,
        Self::OtherSecret,
        Self::Body,
        Self::Path,
        Self::Query,
        Self::Id,
        Self::Oldest,
        Self::TooOld,
        Self::Latest,
        Self::TooLate,
    ];
}

impl Row {
    /// JSON, to a URL with a query, with a secret that most providers take.
    pub(crate) const fn new(sdk: Sdk, provider: &'static Provider) -> Self {
        Self {
            sdk,
            provider,
            secrets: [SECRET, OTHER_SECRET],
            verifies: SECRET,
            body: JSON,
            change: ["evt_1", "evt_2"],
            headers: &[],
            url: URL,
            differs: &[],
        }
    }

    /// With secrets of another form.
    pub(crate) const fn with_secrets(self, secrets: [&'static str; 2]) -> Self {
        Self { secrets, verifies: secrets[0], ..self }
    }

    /// With pairs of keys: two private ones, and the public one of the first.
    pub(crate) const fn with_keys(self, secrets: [&'static str; 2], verifies: &'static str) -> Self {
        Self { secrets, verifies, ..self }
    }

    /// With another body, and what is changed in it.
    pub(crate) const fn with_body(self, body: &'static str, change: [&'static str; 2]) -> Self {
        Self { body, change, ..self }
    }

    /// With headers that a signer does not make.
    pub(crate) const fn with_headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    /// To another URL.
    pub(crate) const fn with_url(self, url: &'static str) -> Self {
        Self { url, ..self }
    }

    /// Where SDK and declaration differ.
    pub(crate) const fn differing(self, differs: &'static [Variant]) -> Self {
        Self { differs, ..self }
    }
}

pub(crate) const JSON: &str =
    r#"{"id":"evt_1","object":"event","type":"invoice.paid","data":{"customer":"Zoë ✓"}}"#;
pub(crate) const URL: &str = "https://hooks.example.com/in?tenant=7&b=2";
pub(crate) const SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==";
pub(crate) const OTHER_SECRET: &str = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh";
