//! The handshakes of the catalogue's providers, each under the name of its provider, for use in its declaration:
//!
//! ```
//! use countersign::handshake::catalogue;
//! use countersign::providers::GITHUB;
//!
//! let provider = GITHUB.clone().with_handshakes(catalogue::SLACK);
//! assert_eq!(provider.handshakes[0].name, "url_verification");
//! ```
//!
//! Providers that sign nothing are included: a [`Responder`](crate::receiver::Responder) answers their handshakes.
//!
//! Answers that every delivery requires are not handshakes and are left to the handler: the text of Dropbox Sign,
//! the SOAP of Salesforce. The same holds for the confirmation of an AWS SNS subscription, which requires an
//! outgoing request.

mod echo;
mod issuing;
mod secret;
mod signed;
mod token;

pub use echo::{
    ADOBE_IO, BITBUCKET, DROPBOX, MAILCHIMP, MANDRILL, MONDAY, MS_GRAPH, NYLAS, OKTA, ONFLEET, RINGCENTRAL,
    SMARTSHEET, TRELLO, WOOCOMMERCE, WORLDLINE,
};
pub use issuing::{ASANA, NOTION, REST_HOOKS};
pub use secret::{BRAINTREE, EBAY, FASTLY, LINKEDIN, X_TWITTER};
pub use signed::{DISCORD, FRONT, LINE, SLACK, TEBEX, TERRAFORM_CLOUD, TWITCH, WISE, XERO, ZOOM};
pub use token::{ADOBE_SIGN, CLOUDEVENTS, EVENT_GRID, FITBIT, LARK, META, OURA, STRAVA, WEBSUB};

use super::Handshake;

/// Returns all handshakes with the slugs of their providers, in alphabetical order.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [Handshake])> {
    ALL.iter().copied()
}

static ALL: &[(&str, &[Handshake])] = &[
    ("adobe-io", ADOBE_IO),
    ("adobe-sign", ADOBE_SIGN),
    ("asana", ASANA),
    ("bitbucket", BITBUCKET),
    ("braintree", BRAINTREE),
    ("cloudevents", CLOUDEVENTS),
    ("discord", DISCORD),
    ("dropbox", DROPBOX),
    ("ebay", EBAY),
    ("event-grid", EVENT_GRID),
    ("fastly", FASTLY),
    ("fitbit", FITBIT),
    ("front", FRONT),
    ("lark", LARK),
    ("line", LINE),
    ("linkedin", LINKEDIN),
    ("mailchimp", MAILCHIMP),
    ("mandrill", MANDRILL),
    ("meta", META),
    ("monday", MONDAY),
    ("ms-graph", MS_GRAPH),
    ("notion", NOTION),
    ("nylas", NYLAS),
    ("okta", OKTA),
    ("onfleet", ONFLEET),
    ("oura", OURA),
    ("rest-hooks", REST_HOOKS),
    ("ringcentral", RINGCENTRAL),
    ("slack", SLACK),
    ("smartsheet", SMARTSHEET),
    ("strava", STRAVA),
    ("tebex", TEBEX),
    ("terraform-cloud", TERRAFORM_CLOUD),
    ("trello", TRELLO),
    ("twitch", TWITCH),
    ("websub", WEBSUB),
    ("wise", WISE),
    ("woocommerce", WOOCOMMERCE),
    ("worldline", WORLDLINE),
    ("x-twitter", X_TWITTER),
    ("xero", XERO),
    ("zoom", ZOOM),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::Steps;

    #[test]
    fn every_handshake_is_sound_and_says_where_its_facts_come_from() {
        for (slug, handshakes) in all() {
            let steps = Steps::new(handshakes).unwrap_or_else(|error| panic!("{slug}: {error}"));
            assert_eq!(steps.unwrap().iter().len(), handshakes.len(), "{slug}");
            assert!(handshakes.iter().all(|handshake| !handshake.doc.is_empty()), "{slug}");
        }
    }

    #[test]
    fn slugs_are_unique_and_in_order() {
        assert!(ALL.is_sorted_by(|(one, _), (next, _)| one < next));
    }

    #[test]
    fn every_handshake_survives_json() {
        for (slug, handshakes) in all() {
            let json = serde_json::to_string(handshakes).unwrap();
            assert_eq!(serde_json::from_str::<Vec<Handshake>>(&json).unwrap(), handshakes, "{slug}");
        }
    }
}
