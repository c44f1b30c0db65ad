//! The event from which all deliveries are made.

use std::fs;

use countersign::scheme::{TimestampField, TimestampFormat};
use countersign::{Provider, UnixTime};
use countersign_testkit::simulators;
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

use super::args::EventArgs;
use super::document::Document;
use crate::error::CliError;
use crate::output::instant;

/// An event of the provider, from which all deliveries are made.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) event_type: String,
    /// A body that was given.
    given: Option<Document>,
    values: Vec<(String, Value)>,
    pub(super) is_json: bool,
}

/// The content of a delivery.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// The event.
    Sample,
    /// The event with another member that has this value.
    Marked(String),
    /// The event with data of another shape.
    Misshapen,
    /// These bytes.
    Bytes(Vec<u8>),
}

/// A body, and what is signed besides it.
pub(super) struct Unsigned {
    pub(super) document: Document,
    pub(super) headers: HeaderMap,
    pub(super) items: Vec<(String, String)>,
}

impl Sample {
    pub(super) fn new(provider: &Provider, args: &EventArgs) -> Result<Self, CliError> {
        let given = args.body.as_ref().map(|path| {
            fs::read(path).map(|bytes| Document::parse(&bytes)).map_err(CliError::unreadable(path))
        });
        let given = given.transpose()?;
        // The type of a body that was given stays.
        let own = given.as_ref().zip(provider.event.event_type.as_ref()).and_then(|(body, at)| body.get(at));
        let default = || simulators::Sample::default_event_type(provider);
        let event_type = args.event.clone().or(own).unwrap_or_else(default);
        let mut sample = Self { event_type, given, values: args.values.clone(), is_json: false };
        let (event_type, now) = (sample.event_type.clone(), UnixTime::from_secs(0));
        let unsigned = sample.unsigned(provider, &Content::Sample, None, &event_type, now);
        let unsigned = unsigned.map_err(|problem| CliError::Usage(format!("--set: {problem}")))?;
        sample.is_json = matches!(unsigned.document, Document::Json(_));
        Ok(sample)
    }

    /// Makes the body and what is signed besides it.
    pub(super) fn unsigned(
        &self,
        provider: &Provider,
        content: &Content,
        id: Option<&str>,
        event_type: &str,
        at: UnixTime,
    ) -> Result<Unsigned, String> {
        let mut sample = simulators::Sample::new(provider, event_type).with_id(id.unwrap_or(NO_ID));
        for (place, value) in &self.values {
            sample = sample.with(place, value.clone());
        }
        let message = sample.message(at).map_err(|error| error.to_string())?;
        let mut unsigned = Unsigned {
            document: Document::parse(&message.body),
            headers: message.headers,
            items: message.items,
        };
        if let Some(given) = &self.given {
            unsigned.document = given.clone();
            let content_type = HeaderValue::from_static(given.content_type());
            unsigned.headers.insert(header::CONTENT_TYPE, content_type);
        }
        let document = &mut unsigned.document;
        match content {
            Content::Bytes(bytes) => *document = Document::Bytes(bytes.clone()),
            Content::Misshapen => document.misshape(provider),
            Content::Marked(marker) => document.mark(provider, MARKER, marker),
            Content::Sample => {}
        }
        let timestamp = provider.scheme.timestamp.as_ref();
        let values = [
            (provider.event.id.as_ref(), id.map(str::to_owned)),
            (provider.event.event_type.as_ref(), Some(event_type.to_owned())),
            (timestamp.map(|field| &field.at), timestamp.map(|field| stamp(field, at))),
        ];
        for (place, value) in values {
            // A derived body has all of them, unless its data was replaced.
            if let Some(place) = place.filter(|place| value.is_none() || document.get(place) != value) {
                document.set(place, value.as_deref());
            }
        }
        Ok(unsigned)
    }
}

/// Returns a timestamp as text.
pub(super) fn stamp(field: &TimestampField, at: UnixTime) -> String {
    match field.format {
        TimestampFormat::Milliseconds => at.as_millis().to_string(),
        TimestampFormat::Rfc3339 | TimestampFormat::Rfc3339Utc => instant(UnixTime::from_secs(at.as_secs())),
        TimestampFormat::HttpDate => http_date(at),
        _ => at.as_secs().to_string(),
    }
}

/// Returns the time as HTTP writes it.
pub(super) fn http_date(at: UnixTime) -> String {
    use time::macros::format_description;
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = time::OffsetDateTime::from_unix_timestamp(at.as_secs()).ok();
    date.and_then(|date| date.format(format).ok()).unwrap_or_default()
}

/// The name of the member that marks a body.
const MARKER: &str = "countersign_check";
/// The id of a body from which it is removed.
const NO_ID: &str = "evt_none";
