//! Components of a message (RFC 9421, section 2): their names and parameters.

use http::HeaderName;
use sfv::{BareItem, FieldType, Item, Parser};

/// A component that a signature covers, in its serialised and its parsed form.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    item: Item,
    /// The serialised component in the signature base.
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

/// The value that a component refers to.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    /// A parameter of the query, by its decoded name.
    QueryParameter(String),
    Field(HeaderName, Form),
}

/// The conversion of a header's lines into a value.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    Lines,
    /// Each line as a byte sequence (`bs`).
    Bytes,
    /// Serialised again as a structured field (`sf`).
    Structured,
    /// One member of a dictionary (`key`).
    Member(String),
}

impl PartialEq for Component {
    /// Compares names and parameters, the latter in any order (RFC 9421, section 2).
    fn eq(&self, other: &Self) -> bool {
        self.item == other.item
    }
}

impl Component {
    /// Reads a component of a declaration: a name without quotes, with its parameters.
    pub(in crate::compiled) fn declared(text: &str) -> Result<Self, &'static str> {
        let (name, parameters) =
            text.find(';').and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""));
        let item: Item = Parser::new(&format!("\"{name}\"{parameters}"))
            .parse()
            .map_err(|_| "is not the name of a component with its parameters")?;
        Self::new(item)
    }

    /// Parses a component of a signature.
    pub(crate) fn new(item: Item) -> Result<Self, &'static str> {
        let text = item.serialize();
        let name = item.bare_item.as_string().ok_or("is not the name of a component")?.as_str();
        let mut form = Form::Lines;
        let mut parameter = None;
        for (key, value) in &item.params {
            match (key.as_str(), value) {
                ("bs", BareItem::Boolean(true)) if matches!(form, Form::Lines) => form = Form::Bytes,
                ("sf", BareItem::Boolean(true)) if matches!(form, Form::Lines) => form = Form::Structured,
                // A member is serialised strictly with or without `sf`.
                ("sf", BareItem::Boolean(true)) if matches!(form, Form::Member(_)) => {}
                ("key", BareItem::String(member)) if matches!(form, Form::Lines | Form::Structured) => {
                    form = Form::Member(member.as_str().to_owned());
                }
                ("name", BareItem::String(value)) => parameter = Some(value.as_str().to_owned()),
                ("req", _) => return Err("is about the request of a response, and this is a request"),
                ("tr", _) => return Err("is a trailer, which is not looked at"),
                _ => return Err("has a parameter that is not supported, or none with such a value"),
            }
        }
        let kind = match (name, parameter) {
            ("@query-param", Some(name)) => Kind::QueryParameter(decoded(&name)),
            (_, Some(_)) => return Err("has a `name`, and only `@query-param` has one"),
            ("@method", None) => Kind::Method,
            ("@target-uri", None) => Kind::TargetUri,
            ("@authority", None) => Kind::Authority,
            ("@scheme", None) => Kind::Scheme,
            ("@request-target", None) => Kind::RequestTarget,
            ("@path", None) => Kind::Path,
            ("@query", None) => Kind::Query,
            ("@query-param", None) => {
                return Err("needs the name of the parameter: `@query-param;name=\"…\"`");
            }
            ("@status", None) => return Err("is of a response, and this is a request"),
            (name, None) => match HeaderName::from_lowercase(name.as_bytes()) {
                Ok(name) => Kind::Field(name, form.clone()),
                Err(_) => return Err("is neither a header in lower case nor a known derived component"),
            },
        };
        if !matches!(kind, Kind::Field(..)) && !matches!(form, Form::Lines) {
            return Err("has a parameter that only headers have");
        }
        Ok(Self { item, text, kind })
    }

    /// Returns the component as an item, for serialisation.
    pub(crate) const fn item(&self) -> &Item {
        &self.item
    }

    /// Returns whether the component is this header, with all its lines.
    pub(crate) fn is_field(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Field(field, Form::Lines) if field == name)
    }
}

/// Decodes the encoded name of a parameter.
fn decoded(name: &str) -> String {
    let key = form_urlencoded::parse(name.as_bytes()).next().map(|(key, _)| key.into_owned());
    key.unwrap_or_default()
}
