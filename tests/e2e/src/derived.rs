//! Senders derived from declarations: the rest of the catalogue, and further declarations.

mod body;
mod headers;
mod template;

use std::sync::LazyLock;

use countersign::scheme::{Location, TimestampField};
use countersign::{Provider, providers};

use crate::sender::{FORM, JSON};
use crate::senders::SENDERS;
use crate::{Dated, Dating, Event, Keys, Sender, declared};
use body::{Body, Place};
use headers::first_header;
use template::Placeholder;

/// Providers of the catalogue for which no sender can be derived, with the reasons. Their vectors are in the core's
/// tests.
pub static UNSENT: [(&str, &str); 18] = [
    ("accessowl", "the components of an HTTP message are signed"),
    ("adobe-io", "the client is for the developer to fill in"),
    ("adyen-item", "the items of a body are signed one by one"),
    ("aws-sns", "the topic is for the developer to fill in"),
    ("fal", "the account is for the developer to fill in"),
    ("fireblocks-v1", "the tenant is for the developer to fill in"),
    ("hygraph", "another item of the signature field is signed"),
    ("keygen", "a header has a digest of the body in it"),
    ("mailchannels", "the components of an HTTP message are signed"),
    ("mandrill", "the events are JSON in a field of a form"),
    ("mercadopago", "id and type are in the query of the URL"),
    ("ms-graph", "a token is in each item of the body"),
    ("pandadoc", "the signature is in the query of the URL"),
    ("paypal", "the id of the webhook is for the developer to fill in"),
    ("przelewy24", "the signature is made of JSON that is not the body"),
    ("sinch-verification", "the application is for the developer to fill in"),
    ("sinch-voice", "the application is for the developer to fill in"),
    ("twilio-body-sha256", "the query of the URL has a digest of the body in it"),
];

/// Returns a sender for each declaration without a hand-written one.
pub(crate) fn senders() -> &'static [Sender] {
    static DERIVED: LazyLock<Vec<Sender>> = LazyLock::new(|| {
        let by_hand =
            |provider: &Provider| SENDERS.iter().any(|sender| sender.provider.slug == provider.slug);
        // JWTs have a separate table: tests/jwts.rs.
        let unsent = |provider: &Provider| {
            provider.scheme.jwt.is_some() || UNSENT.iter().any(|(slug, _)| *slug == provider.slug)
        };
        let catalogue = providers::all().filter(|provider| !by_hand(provider) && !unsent(provider));
        let beside = declared().iter().filter(|provider| providers::find(&provider.slug).is_none());
        let (mut senders, mut problems) = (Vec::new(), Vec::new());
        for provider in catalogue.chain(beside) {
            match Sender::of(provider) {
                Ok(sender) => senders.push(sender),
                Err(reason) => problems.push(format!("{}: {reason}", provider.slug)),
            }
        }
        assert!(problems.is_empty(), "no sender sends these, and UNSENT does not say so: {problems:#?}");
        senders
    });
    &DERIVED
}

impl Sender {
    /// Creates a sender that follows the declaration.
    ///
    /// # Errors
    ///
    /// The feature that cannot be sent, or is not supported here.
    pub fn of(provider: &'static Provider) -> Result<Self, String> {
        let coverage = provider.coverage().map_err(|error| error.to_string())?;
        let (scheme, event) = (&provider.scheme, &provider.event);
        if scheme.message_signature.is_some() {
            return Err("the components of an HTTP message are signed".to_owned());
        }
        if scheme.for_each.is_some() {
            return Err("the items of a body are signed one by one".to_owned());
        }
        let placeholders = template::placeholders(scheme.content.as_str());
        let dating = scheme.timestamp.as_ref().map(dating).transpose()?;

        let mut body = Body::default();
        let places = [
            (scheme.timestamp.as_ref().map(|field| &field.at), "{time}"),
            (Some(&scheme.signature.at), "{signature}"),
            (event.id.as_ref(), ID),
            (event.event_type.as_ref(), EVENT_TYPE),
        ];
        for (at, value) in places {
            if let Some(place) = at.map(Place::of).transpose()?.flatten() {
                body.put(place, value)?;
            }
        }
        for place in placeholders.iter().filter_map(Placeholder::place) {
            body.put(place, SIGNED_VALUE)?;
        }
        let is_form = body.is_form() || placeholders.contains(&Placeholder::WholeForm);
        let sender = Self {
            provider,
            signature: first_header(&scheme.signature.at).unwrap_or_default(),
            headers: headers::others(&placeholders, provider)?.leak(),
            keys: Keys::of(scheme)?,
            dating,
            content_type: if is_form { FORM } else { JSON },
            event: Event {
                body: body.render(event.data.as_ref(), is_form)?.leak(),
                id: event.id.as_ref().map(|_| ID),
                event_type: event.event_type.as_ref().map(|_| EVENT_TYPE),
                variant: None,
            },
            id_signed: coverage.id,
            catalog: None,
        };
        sender.try_genuine().map(|_| sender)
    }
}

fn dating(field: &'static TimestampField) -> Result<Dating, String> {
    let at = match &field.at {
        Location::Header(_) => Dated::InHeader(first_header(&field.at).unwrap_or_default()),
        Location::SignatureItem(_) | Location::SignatureIndex(_) => Dated::InSignature,
        Location::Json(_) | Location::Form(_) => Dated::InBody,
        at => return Err(format!("no value is put at {at} here")),
    };
    let secs = |bound: Option<u64>| bound.map_or(i64::MAX, |secs| secs.try_into().unwrap());
    Ok(Dating { at, past: secs(field.tolerance.past()), future: secs(field.tolerance.future()) })
}

const ID: &str = "delivery-1";
const EVENT_TYPE: &str = "parcel-delivered";
/// The value of a single signed field of the body, or of another signed header.
pub(crate) const SIGNED_VALUE: &str = "signed-value";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_is_what_was_written_by_hand() {
        for by_hand in SENDERS {
            let derived = Sender::of(by_hand.provider).unwrap();
            let slug = &by_hand.provider.slug;
            assert_eq!(derived.signature, by_hand.signature, "{slug}");
            assert_eq!(derived.id_signed, by_hand.id_signed, "{slug}");
            assert_eq!(derived.dating, by_hand.dating, "{slug}");
            assert!(by_hand.content_type.starts_with(derived.content_type), "{slug}");
            assert_eq!(derived.event.id.is_some(), by_hand.event.id.is_some(), "{slug}");
        }
    }

    #[test]
    fn who_is_unsent_cannot_be_sent() {
        let sent = UNSENT.iter().filter(|(slug, reason)| {
            let provider = providers::find(slug).unwrap_or_else(|| panic!("{slug} is not in the catalogue"));
            Sender::of(provider).is_ok() || reason.is_empty()
        });
        assert_eq!(sent.collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "these can be sent");
    }
}
