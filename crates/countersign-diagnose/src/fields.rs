//! Reads the fields of a stored request that the declaration of its provider names.

use std::fmt;

use countersign::Provider;
use countersign::scheme::{Location, Pointer};
use http::{HeaderMap, HeaderName};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A field of a request that the declaration of its provider names.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct EventField {
    /// The name, such as `Signed time`.
    pub name: &'static str,
    /// The place in the request, as declarations write it: `json:/id`. The sender names members.
    pub place: String,
    /// The value, or why it is not there. A description of an object or an array.
    pub value: String,
}

impl fmt::Debug for EventField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventField").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The parts of a stored request that a reader of its fields may see.
///
/// ```
/// use countersign::providers;
/// use countersign_diagnose::ShownRequest;
///
/// let request = ShownRequest::new(Some("evt_1"), Some("invoice.paid"));
/// let data = |request: &ShownRequest<'_>| {
///     let fields = request.fields(&providers::STRIPE);
///     fields.into_iter().find(|field| field.name == "Data").map(|field| (field.place, field.value))
/// };
/// let place = "json:/data".to_owned();
/// assert_eq!(data(&request), Some((place.clone(), "not revealed".to_owned())));
/// let request = request.with_body(br#"{"id":"evt_1","data":{"object":{"id":"in_1"}}}"#);
/// assert_eq!(data(&request), Some((place, "an object; members: object".to_owned())));
/// ```
#[derive(Clone, Default)]
pub struct ShownRequest<'r> {
    id: Option<&'r str>,
    event_type: Option<&'r str>,
    headers: Option<HeaderMap>,
    query: Option<&'r str>,
    body: Option<&'r [u8]>,
}

impl<'r> ShownRequest<'r> {
    /// Creates a request of which only the id and the type are shown, as they are stored beside it.
    #[must_use]
    pub fn new(id: Option<&'r str>, event_type: Option<&'r str>) -> Self {
        Self { id, event_type, ..Self::default() }
    }

    /// Adds the headers whose values may be seen.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = Some(headers);
        self
    }

    /// Adds the query of the target, which may contain a token.
    #[must_use]
    pub fn with_query(mut self, query: &'r str) -> Self {
        self.query = Some(query);
        self
    }

    /// Adds the body.
    #[must_use]
    pub fn with_body(mut self, body: &'r [u8]) -> Self {
        self.body = Some(body);
        self
    }

    /// Returns the fields that a declaration names: at most 50 members of the data are among them. Values are those of the sender, and
    /// need to be made printable.
    #[must_use]
    pub fn fields(&self, provider: &Provider) -> Vec<EventField> {
        let request = Request::new(self, provider);
        let place = |at: Option<&Location>| at.map(ToString::to_string);
        let json = |pointer: &str| format!("json:{pointer}");
        let stored = |value: Option<&str>| value.unwrap_or("none").to_owned();
        let event = &provider.event;
        let time = provider.scheme.timestamp.as_ref().map(|timestamp| &timestamp.at);
        let (version, data) = (event.version.as_ref().map(text_of), event.data.as_ref().map(text_of));
        let (version, data) = (version.as_deref(), data.as_deref());
        let fields = [
            ("Id", place(event.id.as_ref()), stored(self.id)),
            ("Type", place(event.event_type.as_ref()), stored(self.event_type)),
            ("Signed time", place(time), time.map_or_else(String::new, |at| request.value(at))),
            ("Version", version.map(json), version.map_or_else(String::new, |pointer| request.at(pointer))),
            ("Data", Some(data.map_or_else(|| "body".to_owned(), json)), request.data(data)),
        ];
        let field = |(name, place, value)| Some(EventField { name, place: place?, value });
        fields.into_iter().filter_map(field).chain(request.members(data.unwrap_or_default())).collect()
    }
}

impl fmt::Debug for ShownRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShownRequest")
            .field("has_headers", &self.headers.is_some())
            .field("has_query", &self.query.is_some())
            .field("body_length", &self.body.map(<[u8]>::len))
            .finish_non_exhaustive()
    }
}

/// A request with its body as JSON.
struct Request<'s> {
    shown: &'s ShownRequest<'s>,
    /// The JSON in which pointers begin.
    json: Option<String>,
}

impl<'s> Request<'s> {
    fn new(shown: &'s ShownRequest<'s>, provider: &Provider) -> Self {
        let whole = shown.body.and_then(|body| std::str::from_utf8(body).ok());
        let is_json = |text: &&str| serde_json::from_str::<&RawValue>(text).is_ok();
        let json = whole.filter(is_json).map(str::to_owned);
        let json = json.or_else(|| match &provider.event.payload {
            Some(Location::Form(name)) => field(shown.body?, name),
            _ => None,
        });
        Self { shown, json }
    }

    /// Returns why a value is not shown.
    fn absence(&self) -> String {
        let ShownRequest { headers, query, body, .. } = self.shown;
        let is_hidden = headers.is_none() && query.is_none() && body.is_none();
        if is_hidden { HIDDEN } else { NOT_HERE }.to_owned()
    }

    /// Returns the value at a place, or why it is not shown.
    fn value(&self, at: &Location) -> String {
        at.alternatives().iter().find_map(|place| self.look_up(place)).unwrap_or_else(|| self.absence())
    }

    fn look_up(&self, at: &Location) -> Option<String> {
        let ShownRequest { headers, query, body, .. } = self.shown;
        match at {
            Location::Header(names) => names.split(',').find_map(|name| {
                let value = headers.as_ref()?.get(name.trim().parse::<HeaderName>().ok()?)?;
                Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
            }),
            Location::Json(pointer) => pointed(self.json.as_deref()?, &text_of(pointer)).map(unquoted),
            Location::Form(name) => field((*body)?, name),
            Location::Query(name) => field((*query)?.as_bytes(), name),
            // In the signature, or in a token.
            _ => None,
        }
    }

    /// Returns the value of a pointer into the body.
    fn at(&self, pointer: &str) -> String {
        let found = self.json.as_deref().and_then(|json| pointed(json, pointer));
        found.map_or_else(|| self.absence(), unquoted)
    }

    /// Describes the data.
    fn data(&self, pointer: Option<&str>) -> String {
        let found = self.json.as_deref().and_then(|json| pointed(json, pointer.unwrap_or_default()));
        found.map_or_else(|| self.absence(), described)
    }

    /// Returns the members of the data that are texts, numbers or other single values, if the body is there.
    fn members(&self, pointer: &str) -> Vec<EventField> {
        let data = self.json.as_deref().and_then(|json| pointed(json, pointer));
        let members =
            data.and_then(|data| serde_json::from_str::<Members<'_>>(data).ok()).unwrap_or_default().0;
        let single = members.into_iter().filter(|(_, value)| !value.get().starts_with(['{', '[']));
        let field = |(name, value): (String, &RawValue)| EventField {
            name: "Member of the data",
            place: format!("json:{pointer}/{}", name.replace('~', "~0").replace('/', "~1")),
            value: unquoted(value.get()),
        };
        single.take(MOST_MEMBERS).map(field).collect()
    }
}

fn field(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Returns the JSON at a pointer (RFC 6901), as it is written.
fn pointed<'j>(json: &'j str, pointer: &str) -> Option<&'j str> {
    let mut value = serde_json::from_str::<&RawValue>(json).ok()?.get();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        value = match value.as_bytes().first()? {
            b'{' => serde_json::from_str::<Members<'_>>(value)
                .ok()?
                .0
                .into_iter()
                .find(|(name, _)| *name == step)?
                .1
                .get(),
            b'[' => {
                serde_json::from_str::<Vec<&RawValue>>(value).ok()?.get(step.parse::<usize>().ok()?)?.get()
            }
            _ => return None,
        };
    }
    Some(value)
}

fn text_of(pointer: &Pointer) -> String {
    pointer.clone().into()
}

/// Returns a text without its quotes, and any other value as it is written.
fn unquoted(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}

/// Returns the kind of a value, with the names of the members of an object.
fn described(json: &str) -> String {
    match json.as_bytes().first() {
        Some(b'{') => {
            let members =
                serde_json::from_str::<Members<'_>>(json).map(|members| members.0).unwrap_or_default();
            let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
            format!("an object; members: {}", names.join(", "))
        }
        Some(b'[') => {
            let items = serde_json::from_str::<Vec<&RawValue>>(json).map_or(0, |items| items.len());
            format!("an array; items: {items}")
        }
        _ => unquoted(json),
    }
}

/// The members of an object, in their order. Of several with one name the first one counts, as it does for the id of a delivery.
#[derive(Default)]
struct Members<'j>(Vec<(String, &'j RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// More than people read.
const MOST_MEMBERS: usize = 50;
const HIDDEN: &str = "not revealed";
const NOT_HERE: &str = "not in the revealed part of the request";
