//! Declarations in TOML, as a user writes them: schemes without another example in the catalogue, and features that
//! the senders of the table must support.

use std::sync::LazyLock;

use countersign::Provider;

/// Returns all declarations.
pub fn declared() -> &'static [Provider] {
    static DECLARED: LazyLock<Vec<Provider>> = LazyLock::new(|| {
        let load = |text| Provider::from_toml(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        TEXTS.into_iter().map(load).collect()
    });
    &DECLARED
}

const TEXTS: [&str; 14] = [
    include_str!("../declarations/form-signed.toml"),
    include_str!("../declarations/gitlab-token.toml"),
    include_str!("../declarations/hashed-with-secret.toml"),
    include_str!("../declarations/hubspot-v3.toml"),
    include_str!("../declarations/mailgun.toml"),
    include_str!("../declarations/mandrill.toml"),
    include_str!("../declarations/plivo-v2.toml"),
    include_str!("../declarations/postmark.toml"),
    include_str!("../declarations/recurly.toml"),
    include_str!("../declarations/sendgrid.toml"),
    include_str!("../declarations/square.toml"),
    include_str!("../declarations/standard-webhooks-v1a.toml"),
    include_str!("../declarations/trello.toml"),
    include_str!("../declarations/wise.toml"),
];
