//! Rows of the table.

use countersign::Provider;
use countersign_tests::programs::Sdk;

/// An SDK, the provider that it verifies, and its differences from this crate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) sdk: Sdk,
    pub(crate) provider: &'static Provider,
    /// The signing secrets: that of the endpoint, and that of another one.
    pub(crate) secrets: [&'static str; 2],
    /// The verification key of the first one, as the provider displays it.
    pub(crate) verifies: &'static str,
    /// The parameter that the declaration leaves open, and its value.
    pub(crate) parameter: Option<(&'static str, &'static str)>,
    /// The body. `{signature}` is the signature, if it is in a form; `{seconds}` and `{milliseconds}` are the time.
    pub(crate) body: &'static str,
    /// The change of the body.
    pub(crate) change: [&'static str; 2],
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) url: &'static str,
    /// The variants that only one of SDK and crate accepts.
    pub(crate) differs: &'static [Variant],
}

/// A change of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Variant {
    /// No change.
    Genuine,
    /// Signed with another secret.
    OtherSecret,
    /// A changed body.
    Body,
    /// A changed path of the URL.
    Path,
    /// A changed query of the URL.
    Query,
    /// A changed id, if it is a header.
    Id,
    /// The largest accepted age.
    Oldest,
    /// One second older.
    TooOld,
    /// The largest accepted lead.
    Latest,
    /// One second further.
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
    /// Creates a row with JSON, a URL with a query, and a secret that most providers accept.
    pub(crate) const fn new(sdk: Sdk, provider: &'static Provider) -> Self {
        Self {
            sdk,
            provider,
            secrets: [SECRET, OTHER_SECRET],
            verifies: SECRET,
            parameter: None,
            body: JSON,
            change: ["evt_1", "evt_2"],
            headers: &[],
            url: URL,
            differs: &[],
        }
    }

    /// Sets secrets of another form.
    pub(crate) const fn with_secrets(self, secrets: [&'static str; 2]) -> Self {
        Self { secrets, verifies: secrets[0], ..self }
    }

    /// Sets key pairs: two private keys, and the public key of the first.
    pub(crate) const fn with_keys(self, secrets: [&'static str; 2], verifies: &'static str) -> Self {
        Self { secrets, verifies, ..self }
    }

    /// Sets the body, and its change.
    pub(crate) const fn with_body(self, body: &'static str, change: [&'static str; 2]) -> Self {
        Self { body, change, ..self }
    }

    /// Fills in a parameter of the declaration.
    pub(crate) const fn with_parameter(self, name: &'static str, value: &'static str) -> Self {
        Self { parameter: Some((name, value)), ..self }
    }

    /// Returns the declaration with its parameter.
    pub(crate) fn declaration(&self) -> Provider {
        let provider = self.provider.clone();
        self.parameter
            .into_iter()
            .fold(provider, |provider, (name, value)| provider.with_parameter(name, value))
    }

    /// Adds headers that a signer does not write.
    pub(crate) const fn with_headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    /// Sets the URL.
    pub(crate) const fn with_url(self, url: &'static str) -> Self {
        Self { url, ..self }
    }

    /// Sets the differences between SDK and declaration.
    pub(crate) const fn differing(self, differs: &'static [Variant]) -> Self {
        Self { differs, ..self }
    }
}

pub(crate) const JSON: &str =
    r#"{"id":"evt_1","object":"event","type":"invoice.paid","data":{"customer":"Zoë ✓"}}"#;
pub(crate) const URL: &str = "https://hooks.example.com/in?tenant=7&b=2";
pub(crate) const SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==";
pub(crate) const OTHER_SECRET: &str = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh";
