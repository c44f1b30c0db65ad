//! Makes verified deliveries and events for tests of handlers, without keys and signatures.
//!
//! For tests with signatures, a [`Signer`](crate::Signer) signs what a [`Verifier`] with a fixed
//! clock verifies: [`SignedRequest::into_http`](crate::SignedRequest::into_http).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::compiled::{BodyFields, Source};
use crate::event::EventCatalog;
use crate::json::Scalar;
use crate::provider::Provider;
use crate::verifier::Verifier;
use crate::{Delivery, Event, SecretSet, UnixTime};

/// The id of deliveries that are made for tests.
pub const TEST_ID: &str = "evt_test";

/// The time at which deliveries that are made for tests were sent and received: 2023-11-14T22:13:20Z.
pub const TEST_TIME: UnixTime = UnixTime::from_secs(1_700_000_000);

impl Delivery {
    /// Makes a verified delivery for a test, without a key. Its id is [`TEST_ID`], if the provider sends ids.
    ///
    /// `data` is put where the declaration has the data of an event, and becomes the whole body otherwise. Type and id
    /// are added to the body, if that is where the declaration has them and the data does not contain them.
    ///
    /// ```
    /// use countersign::{Delivery, providers};
    /// use serde_json::json;
    ///
    /// let delivery = Delivery::for_test(&providers::STRIPE, "invoice.paid", json!({ "object": { "number": "4-0001" } }));
    /// assert_eq!(delivery.event_type().unwrap().as_str(), "invoice.paid");
    /// assert_eq!(delivery.json::<serde_json::Value>()?["data"]["object"]["number"], "4-0001");
    /// # Ok::<(), countersign::DecodeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the declaration does not compile, for example because a required parameter is not set, or if `data` is
    /// not serializable to JSON.
    #[expect(clippy::panic, reason = "for tests, which stop at a mistake of their own")]
    #[must_use]
    #[track_caller]
    pub fn for_test(
        provider: impl Into<Cow<'static, Provider>>,
        event_type: &str,
        data: impl Serialize,
    ) -> Self {
        let verifier = Verifier::new(provider, SecretSet::none()).unwrap_or_else(|error| panic!("{error}"));
        let data = serde_json::to_value(data).unwrap_or_else(|error| panic!("no JSON: {error}"));
        let compiled = &*verifier.inner.compiled;
        let mut document = Value::Null;
        put(&mut document, &compiled.data, data);
        for (source, value) in [(&compiled.id, TEST_ID), (&compiled.event_type, event_type)] {
            let places = source.iter().flat_map(Source::in_body);
            if let Some(Source::Json(path)) = places.into_iter().next() {
                put(&mut document, path, value.into());
            }
        }
        let text =
            |source: &Option<Source>, value: &str| source.as_ref().map(|_| Scalar::Text(value.to_owned()));
        let body = bytes::Bytes::from(document.to_string());
        let body_fields = BodyFields {
            id: text(&compiled.id, TEST_ID),
            event_type: text(&compiled.event_type, event_type),
            payload: Some(body.clone()),
            problem: None,
            counted: None,
        };
        let timestamp = compiled.timestamp.as_ref().map(|_| TEST_TIME);
        Self {
            key: 0,
            // The looked-up values below stand in for those of the head.
            id: None,
            event_type: None,
            timestamp,
            received_at: TEST_TIME,
            body,
            body_fields: OnceLock::from(Box::new(body_fields)),
            surroundings: None,
            in_fallback: None,
            inner: Arc::clone(&verifier.inner),
        }
    }
}

impl<T: EventCatalog> Event<T> {
    /// Makes an event for a test of a handler: that of [`Delivery::for_test`], decoded.
    ///
    #[cfg_attr(feature = "derive", doc = "```")]
    #[cfg_attr(not(feature = "derive"), doc = "```ignore")]
    /// use countersign::{Event, EventCatalog, providers};
    /// use serde::Deserialize;
    /// use serde_json::json;
    ///
    /// #[derive(Deserialize, EventCatalog)]
    /// #[event("push")]
    /// struct Push {
    ///     after: String,
    /// }
    ///
    /// fn handle(event: Event<Push>) -> String {
    ///     event.data.after
    /// }
    ///
    /// let event = Event::for_test(&providers::GITHUB, "push", json!({ "after": "6113728f" }));
    /// assert_eq!(handle(event), "6113728f");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics for the reasons of [`Delivery::for_test`], and if the data does not fit the type.
    #[expect(clippy::panic, reason = "for tests, which stop at a mistake of their own")]
    #[must_use]
    #[track_caller]
    pub fn for_test(
        provider: impl Into<Cow<'static, Provider>>,
        event_type: &str,
        data: impl Serialize,
    ) -> Self {
        match Self::decode(Delivery::for_test(provider, event_type, data)) {
            Ok(event) => event,
            Err(error) => panic!("{error}: {}", error.cause().unwrap_or_default()),
        }
    }
}

/// Puts a value at the path, and makes the objects on the way. What is there stays.
fn put(document: &mut Value, path: &[String], value: Value) {
    let mut place = document;
    for step in path {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else { return };
        place = members.entry(step).or_insert(Value::Null);
    }
    if place.is_null() {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers;

    #[test]
    fn every_declaration_has_deliveries_for_tests() {
        for provider in providers::all() {
            let slug = &provider.slug;
            let open = provider.open_parameters();
            let provider =
                open.iter().fold(provider.clone(), |provider, name| provider.with_parameter(name, "value"));
            let delivery = Delivery::for_test(provider.clone(), "a.b", json!({ "amount": 7 }));
            let id = provider.event.id.as_ref().map(|_| TEST_ID);
            assert_eq!(delivery.id().map(|id| id.as_str().to_owned()).as_deref(), id, "{slug}");
            let event_type = provider.event.event_type.as_ref().map(|_| "a.b");
            assert_eq!(
                delivery.event_type().map(|found| found.as_str().to_owned()).as_deref(),
                event_type,
                "{slug}"
            );
            assert_eq!(delivery.data::<Value>().unwrap()["amount"], 7, "{slug}");
        }
    }

    #[test]
    #[should_panic(expected = "does not fit at `data.bill_id`: invalid type: integer, expected a string")]
    fn data_of_another_shape_is_explained() {
        let data = json!({ "bill_id": 7 });
        let _ =
            Event::<providers::preflix::Event>::for_test(&providers::preflix::PROVIDER, "bill.created", data);
    }
}
