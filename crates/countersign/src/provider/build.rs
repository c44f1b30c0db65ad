//! Constructors and setters for declarations written in Rust.

use std::borrow::Cow;
use std::mem::{forget, replace};

use super::{
    Confidence, EventFields, KeyScope, Proof, Provider, RejectionStyle, Retries, Sources, UnsignedDelivery,
};
use crate::event::Requirement;
use crate::handshake::Handshake;
use crate::scheme::{Content, JwtRules, Location, Needs, Pointer, Scheme, Text, text};

impl Provider {
    /// Creates a declaration with a scheme and no other facts.
    #[must_use]
    pub const fn new(slug: &'static str, name: &'static str, scheme: Scheme) -> Self {
        Self {
            slug: text(slug),
            name: text(name),
            doc: text(""),
            confidence: Confidence::Own,
            proof: None,
            checked: text(""),
            sources: Sources::NONE,
            notes: text(""),
            key_scope: None,
            scheme,
            event: EventFields {
                id: None,
                no_id: None,
                id_is_per_type: false,
                event_type: None,
                no_type: None,
                version: None,
                data: None,
                payload: None,
                require: Requirement::NONE,
            },
            retries: None,
            retry_delays_secs: Cow::Borrowed(&[]),
            body_limit: None,
            unsigned: UnsignedDelivery::NONE,
            generic: false,
            also_sends: Cow::Borrowed(&[]),
            aliases: Cow::Borrowed(&[]),
            handshakes: Cow::Borrowed(&[]),
            responses: RejectionStyle::DEFAULT,
        }
    }

    /// Sets the source of the facts, the confidence in it, and the proof that it is.
    #[must_use]
    pub const fn with_source(mut self, confidence: Confidence, doc: &'static str) -> Self {
        self.confidence = confidence;
        self.proof = Proof::of_source(confidence);
        forget(replace(&mut self.doc, text(doc)));
        self
    }

    /// Sets the notes for developers.
    #[must_use]
    pub const fn with_notes(mut self, notes: &'static str) -> Self {
        forget(replace(&mut self.notes, text(notes)));
        self
    }

    /// Sets the accounts that a public key signs for.
    #[must_use]
    pub const fn with_key_scope(mut self, scope: KeyScope) -> Self {
        self.key_scope = Some(scope);
        self
    }

    /// Sets the place of the id.
    #[must_use]
    pub const fn with_id(mut self, at: Location) -> Self {
        forget(self.event.id.replace(at));
        forget(self.event.no_id.take());
        self.event.id_is_per_type = false;
        self
    }

    /// Sets the place of an id that is unique only among events of one type, such as that of a payment. Deliveries are then
    /// told apart by id and type.
    #[must_use]
    pub const fn with_id_per_type(mut self, at: Location) -> Self {
        self = self.with_id(at);
        self.event.id_is_per_type = true;
        self
    }

    /// Sets the place of the event type.
    #[must_use]
    pub const fn with_event_type(mut self, at: Location) -> Self {
        forget(self.event.event_type.replace(at));
        forget(self.event.no_type.take());
        self
    }

    /// Sets the place of the version of the data, as a JSON pointer. [`EventCatalog`](crate::EventCatalog) says how a
    /// type has versions.
    #[must_use]
    pub const fn with_event_version(mut self, pointer: &'static str) -> Self {
        forget(self.event.version.replace(Pointer::new(pointer)));
        self
    }

    /// Sets the place of the data, as a JSON pointer.
    #[must_use]
    pub const fn with_data(mut self, pointer: &'static str) -> Self {
        forget(self.event.data.replace(Pointer::new(pointer)));
        self
    }

    /// Sets the form field that holds the JSON of the event.
    #[must_use]
    pub const fn with_payload(mut self, field: &'static str) -> Self {
        forget(self.event.payload.replace(Location::form(field)));
        self
    }

    /// Sets the values that the body of an event must contain, replacing all earlier ones.
    #[must_use]
    pub const fn with_requirements(mut self, requirements: &'static [Requirement]) -> Self {
        forget(replace(&mut self.event.require, Cow::Borrowed(requirements)));
        self
    }

    /// Adds a value that the body of an event must contain, replacing an earlier one at the same place.
    #[must_use]
    pub fn with_requirement(mut self, requirement: Requirement) -> Self {
        let all = self.event.require.to_mut();
        all.retain(|other| other.at != requirement.at || other.types != requirement.types);
        all.push(requirement);
        self
    }

    /// Sets the retry policy, without delays.
    #[must_use]
    pub const fn with_retries(mut self, retries: Retries) -> Self {
        self.retries = Some(retries);
        forget(replace(&mut self.retry_delays_secs, Cow::Borrowed(&[])));
        self
    }

    /// Sets the deliveries that the provider sends without a signature.
    #[must_use]
    pub const fn with_unsigned(mut self, deliveries: &'static [UnsignedDelivery]) -> Self {
        forget(replace(&mut self.unsigned, Cow::Borrowed(deliveries)));
        self
    }

    /// Sets the slugs of the providers whose headers this one sends as well.
    #[must_use]
    pub const fn with_headers_of(mut self, slugs: &'static [Text]) -> Self {
        forget(replace(&mut self.also_sends, Cow::Borrowed(slugs)));
        self
    }

    /// Sets other names by which [`providers::find`](crate::providers::find) and the command know the declaration.
    #[must_use]
    pub const fn with_aliases(mut self, aliases: &'static [Text]) -> Self {
        forget(replace(&mut self.aliases, Cow::Borrowed(aliases)));
        self
    }

    /// Marks the declaration as a scheme that other providers of the catalogue use.
    #[must_use]
    pub const fn as_generic(mut self) -> Self {
        self.generic = true;
        self
    }

    /// Sets the handshakes of the provider.
    #[must_use]
    pub const fn with_handshakes(mut self, handshakes: &'static [Handshake]) -> Self {
        forget(replace(&mut self.handshakes, Cow::Borrowed(handshakes)));
        self
    }

    /// Sets the provider's requirements on the responses to refused requests.
    #[must_use]
    pub const fn with_responses(mut self, responses: RejectionStyle) -> Self {
        forget(replace(&mut self.responses, responses));
        self
    }

    /// Sets a parameter that the declaration leaves to the developer: `{param:name}` in the signed content (PayPal's
    /// `webhook_id`).
    #[must_use]
    pub fn with_parameter(mut self, name: &str, value: &str) -> Self {
        self.scheme.content = self.scheme.content.with_parameter(name, value);
        for check in self.scheme.checks.to_mut() {
            check.equals = check.equals.with_parameter(name, value);
        }
        if let Some(key_id) = self.scheme.signature.format.key_id_mut() {
            *key_id = key_id.with_parameter(name, value);
        }
        self
    }

    /// Returns the open parameters of the declaration in order: the names for
    /// [`with_parameter`](Self::with_parameter).
    ///
    /// ```
    /// use countersign::providers;
    ///
    /// assert_eq!(providers::PAYPAL.open_parameters(), ["webhook_id"]);
    /// assert!(providers::PAYPAL.clone().with_parameter("webhook_id", "WH-1").open_parameters().is_empty());
    /// ```
    #[must_use]
    pub fn open_parameters(&self) -> Vec<String> {
        let checked = self.scheme.checks.iter().map(|check| &check.equals);
        let templates = checked.chain(self.scheme.signature.format.key_id());
        let mut names: Vec<String> = Vec::new();
        for content in std::iter::once(&self.scheme.content).chain(templates) {
            // Content that does not parse is reported by `check`.
            for value in content.parse().iter().flat_map(Content::head_values) {
                if value.row.needs == Needs::Parameter && !names.contains(&value.text) {
                    names.push(value.text.clone());
                }
            }
        }
        names
    }

    /// Accepts the text of a secret as a key for `HS256`, `HS384` and `HS512` in a declaration that also accepts
    /// JWTs signed with public keys (FusionAuth). Has no effect on other declarations.
    #[must_use]
    pub fn with_shared_secrets(mut self) -> Self {
        self.scheme.jwt = self.scheme.jwt.map(JwtRules::with_shared_secrets);
        self
    }
}
