//! The fields that the declaration of the provider names.

use std::fmt;

use countersign::Provider;
use countersign::scheme::{Location, Pointer};
use countersign_inbox::{Detail, StoredHead};
use http::HeaderName;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::request::{Shown, declared, revealed};
use crate::text;

/// A field: its name, its place in the request, and its value.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) place: String,
    pub(super) value: String,
}

/// Returns the fields of an event whose provider is in the catalogue. Id and type are stored beside the request. The others are read
/// from it, as far as it is revealed.
pub(super) fn fields(detail: &Detail, shown: Shown) -> Vec<Field> {
    let Some(provider) = declared(&detail.summary.provider) else { return Vec::new() };
    let (of, request) = (&detail.summary, Request::new(detail, provider, shown));
    let place = |at: Option<&Location>| at.map(|at| text::shown(&at.to_string()));
    let json = |pointer: &str| format!("json:{pointer}");
    let stored = |value: &Option<String>| text::cut(value.as_deref().unwrap_or("none"), 400);
    let event = &provider.event;
    let time = provider.scheme.timestamp.as_ref().map(|timestamp| &timestamp.at);
    let (version, data) = (event.version.as_ref().map(text_of), event.data.as_ref().map(text_of));
    let (version, data) = (version.as_deref(), data.as_deref());
    let fields = [
        ("Id", place(event.id.as_ref()), stored(&of.external_id)),
        ("Type", place(event.event_type.as_ref()), stored(&of.event_type)),
        ("Signed time", place(time), time.map_or_else(String::new, |at| request.value(at))),
        ("Version", version.map(json), version.map_or_else(String::new, |pointer| request.at(pointer))),
        ("Data", Some(data.map_or_else(|| "body".to_owned(), json)), request.data(data)),
    ];
    let field = |(name, place, value)| Some(Field { name, place: place?, value });
    fields.into_iter().filter_map(field).chain(request.members(data.unwrap_or_default())).collect()
}

/// A request, as far as it is revealed.
struct Request<'d> {
    detail: &'d Detail,
    provider: &'static Provider,
    shown: Shown,
    /// The JSON in which pointers begin.
    json: Option<String>,
    form: Option<&'d [u8]>,
}

impl<'d> Request<'d> {
    fn new(detail: &'d Detail, provider: &'static Provider, shown: Shown) -> Self {
        let body = revealed(detail, shown).map(|body| &**body);
        let whole = body.and_then(|body| std::str::from_utf8(body).ok());
        let is_json = |text: &&str| serde_json::from_str::<&RawValue>(text).is_ok();
        let json = whole.filter(is_json).map(str::to_owned);
        let mut request = Self { detail, provider, shown, json, form: body };
        if let (None, Some(Location::Form(name))) = (&request.json, &provider.event.payload) {
            request.json = request.form_field(name);
        }
        request
    }

    /// Returns the value at a place, or why it is not shown.
    fn value(&self, at: &Location) -> String {
        if self.shown == Shown::Names {
            return HIDDEN.to_owned();
        }
        let found = at.alternatives().iter().find_map(|place| self.look_up(place));
        found.map_or_else(|| NOT_HERE.to_owned(), |value| text::cut(&value, 400))
    }

    fn look_up(&self, at: &Location) -> Option<String> {
        let (head, shown) = (self.detail.head.as_ref(), self.shown);
        match at {
            Location::Header(names) => names.split(',').find_map(|name| {
                let name = name.trim().parse::<HeaderName>().ok()?;
                let value = head?.headers.get(&name)?;
                let is_hidden =
                    shown == Shown::Values && StoredHead::is_confidential(&name, Some(self.provider));
                (!is_hidden).then(|| String::from_utf8_lossy(value.as_bytes()).into_owned())
            }),
            Location::Json(pointer) => pointed(self.json.as_deref()?, &text_of(pointer)).map(unquoted),
            Location::Form(name) => self.form_field(name),
            Location::Query(name) if shown == Shown::Everything => {
                let (_, query) = head?.target.split_once('?')?;
                field(query.as_bytes(), name)
            }
            // In the signature, or in a token.
            _ => None,
        }
    }

    /// Returns the value of a pointer into the body.
    fn at(&self, pointer: &str) -> String {
        match (&self.json, self.shown) {
            (_, Shown::Names) => HIDDEN.to_owned(),
            (Some(json), _) => pointed(json, pointer)
                .map_or_else(|| NOT_HERE.to_owned(), |value| text::cut(&unquoted(value), 400)),
            (None, _) => NOT_HERE.to_owned(),
        }
    }

    /// Describes the data: the body below shows it.
    fn data(&self, pointer: Option<&str>) -> String {
        match (&self.json, self.shown) {
            (_, Shown::Names) => HIDDEN.to_owned(),
            (Some(json), _) => {
                pointed(json, pointer.unwrap_or_default()).map_or_else(|| NOT_HERE.to_owned(), described)
            }
            (None, _) => NOT_HERE.to_owned(),
        }
    }

    /// Returns the members of the data that are texts, numbers or other single values, if the body is revealed.
    fn members(&self, pointer: &str) -> Vec<Field> {
        let data = self.json.as_deref().and_then(|json| pointed(json, pointer));
        let members =
            data.and_then(|data| serde_json::from_str::<Members<'_>>(data).ok()).unwrap_or_default().0;
        let single = members.into_iter().filter(|(_, value)| !value.get().starts_with(['{', '[']));
        let field = |(name, value): (String, &RawValue)| Field {
            name: "Member of the data",
            place: text::cut(&format!("json:{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), 400),
            value: text::cut(&unquoted(value.get()), 400),
        };
        single.take(MOST_MEMBERS).map(field).collect()
    }

    fn form_field(&self, name: &str) -> Option<String> {
        field(self.form?, name)
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
            text::cut(&format!("an object; members: {}", names.join(", ")), 400)
        }
        Some(b'[') => {
            let items = serde_json::from_str::<Vec<&RawValue>>(json).map_or(0, |items| items.len());
            format!("an array; items: {items}")
        }
        _ => text::cut(&unquoted(json), 400),
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
