use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::delivery::Delivery;

/// A delivery as an event of [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), for systems that
/// accept CloudEvents. [`Delivery::to_cloudevent`] makes it.
///
/// Serialized, it is the event in structured mode of the
/// [JSON format](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md): send it with the content type
/// [`CONTENT_TYPE`](Self::CONTENT_TYPE).
///
/// | attribute | value |
/// |---|---|
/// | `id` | the delivery's id, whether or not it is signed, after the type and a colon if it is unique only per type; without one, `sha256:` and the digest of the body |
/// | `source` | `urn:webhook:` and [`Delivery::endpoint_slug`], unless [`with_source`](Self::with_source) sets another |
/// | `type` | the slug of the provider, a dot and the event's type: `stripe.invoice.paid`; without a type, `stripe.delivery` |
/// | `time` | the delivery's timestamp, if there is one |
/// | `datacontenttype` | `application/json`, or `application/octet-stream` if the payload is no JSON; absent if the payload is empty |
/// | `data` | the [payload](Delivery::payload) with the provider's own numbers and spaces; as `data_base64` if it is no JSON |
#[derive(Clone, Serialize)]
pub struct CloudEvent<'d> {
    specversion: &'static str,
    id: Cow<'d, str>,
    source: String,
    #[serde(rename = "type")]
    event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'d RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
}

impl Delivery {
    /// Returns the delivery as an event of CloudEvents 1.0.
    ///
    #[cfg_attr(feature = "testing", doc = "```")]
    #[cfg_attr(not(feature = "testing"), doc = "```ignore")]
    /// use countersign::{Delivery, providers};
    /// use serde_json::json;
    ///
    /// let delivery = Delivery::for_test(&providers::STRIPE, "invoice.paid", json!({ "object": { "number": "4-0001" } }));
    /// let event = serde_json::to_value(delivery.to_cloudevent())?;
    /// assert_eq!(event["type"], "stripe.invoice.paid");
    /// assert_eq!(event["data"]["data"]["object"]["number"], "4-0001");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn to_cloudevent(&self) -> CloudEvent<'_> {
        let (slug, payload) = (&*self.provider().slug, self.payload());
        let per_type = self.event_type().filter(|_| self.provider().event.id_is_per_type);
        let id = self.id().map(|id| match per_type {
            Some(event_type) => format!("{}:{}", event_type.as_str(), id.as_str()).into(),
            None => Cow::Borrowed(id.as_str()),
        });
        let event_type = self.event_type().map_or("delivery", |event_type| event_type.as_str());
        let time = self.timestamp().and_then(|at| {
            let nanos = i128::from(at.value().as_millis()) * 1_000_000;
            OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.format(&Rfc3339).ok()
        });
        let data = serde_json::from_slice::<&RawValue>(payload).ok();
        let is_empty = payload.is_empty();
        CloudEvent {
            specversion: "1.0",
            id: id.unwrap_or_else(|| {
                format!("sha256:{}", const_hex::encode(Sha256::digest(self.body()))).into()
            }),
            source: format!("urn:webhook:{}", self.endpoint_slug()),
            event_type: format!("{slug}.{event_type}"),
            time,
            datacontenttype: match data {
                Some(_) => Some("application/json"),
                None => (!is_empty).then_some("application/octet-stream"),
            },
            data,
            data_base64: (data.is_none() && !is_empty).then(|| STANDARD.encode(payload)),
        }
    }
}

impl CloudEvent<'_> {
    /// The content type of an event in structured mode.
    pub const CONTENT_TYPE: &'static str = "application/cloudevents+json; charset=utf-8";

    /// Sets the attribute `source`: a URI that names the endpoint, such as `https://hooks.example.com/stripe`. Together with the id
    /// it identifies the event, so several endpoints of one provider each need their own.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }
}

impl fmt::Debug for CloudEvent<'_> {
    /// Omits the data, which may contain personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudEvent")
            .field("id", &self.id)
            .field("source", &self.source)
            .field("event_type", &self.event_type)
            .field("time", &self.time)
            .field("datacontenttype", &self.datacontenttype)
            .finish_non_exhaustive()
    }
}
