use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;

use super::transform::{Apply, Covers, Input, Needs, QueryPart, Shape, Transform};
use crate::error::VerifyError;
use crate::scheme::location::{Location, Pointer};
use crate::scheme::text::Text;

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Literal(String),
    Value(Value),
    /// Parts of the head that are omitted together if one of them has no value.
    Group(Vec<Self>),
}

/// A placeholder with its argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value {
    pub(crate) row: &'static Transform,
    /// The argument as it is written, or nothing.
    pub(crate) text: String,
    pub(crate) argument: Argument,
    /// Whether the value is encoded in Base64.
    pub(crate) in_base64: bool,
}

/// A parsed argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    /// Nothing, or text.
    Text,
    Header(HeaderName),
    /// One value of a JSON document, or members of it.
    Members(Vec<Member>),
}

/// A scalar of a JSON body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// The steps of the pointer.
    pub(crate) path: Vec<String>,
    /// The value may be absent.
    pub(crate) optional: bool,
    /// The value may contain the separator.
    pub(crate) is_free: bool,
}

impl Part {
    /// Returns the placeholder, if the part is one.
    pub(crate) const fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    /// Returns whether the part is a placeholder that needs this part of a request.
    pub(crate) fn needs(&self, needs: Needs) -> bool {
        self.value().is_some_and(|value| value.row.needs == needs)
    }

    /// Returns the part as it is written in a template.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Literal(literal) => literal.clone(),
            Self::Value(value) => value.written(),
            Self::Group(parts) => format!("{{?{}?}}", parts.iter().map(Self::written).collect::<String>()),
        }
    }

    /// Returns the part itself, or those of a group.
    pub(crate) fn flat(&self) -> &[Self] {
        match self {
            Self::Group(parts) => parts,
            part => std::slice::from_ref(part),
        }
    }
}

impl Value {
    /// Returns the placeholder as it is written in a template.
    pub(crate) fn written(&self) -> String {
        let encoding = if self.in_base64 { "base64:" } else { "" };
        format!("{{{encoding}{}{}{}}}", self.row.before, self.text, self.row.after)
    }

    /// Returns the header in the argument.
    pub(crate) const fn header(&self) -> Option<&HeaderName> {
        match &self.argument {
            Argument::Header(name) => Some(name),
            _ => None,
        }
    }

    /// Returns the values of a JSON document in the argument.
    pub(crate) const fn members(&self) -> &[Member] {
        match &self.argument {
            Argument::Members(members) => members.as_slice(),
            _ => &[],
        }
    }

    /// Returns whether the value is the body, unchanged.
    pub(crate) fn is_raw_body(&self) -> bool {
        self.row.shape == Shape::Raw && !self.in_base64
    }

    /// Returns whether a request may lack the value, so that it renders nothing.
    pub(crate) fn is_optional(&self) -> bool {
        match self.row.covers {
            Covers::Value => {
                !self.members().is_empty() && self.members().iter().all(|member| member.optional)
            }
            // A URL without a query.
            Covers::Url { origin, path, .. } => !origin && !path,
            _ => false,
        }
    }

    /// Returns the form of the value, without regard to its argument.
    pub(crate) fn shape(&self) -> Shape {
        match self.row.shape {
            shape if !self.in_base64 || shape == Shape::Fixed => shape,
            _ => Shape::Free,
        }
    }

    /// Returns the places in the argument of values that are signed one by one.
    pub(crate) fn places(&self) -> Vec<Location> {
        let name = || Text::Owned(self.text.clone());
        let pointer = |member: &Member| Location::Json(Pointer::of(&member.path));
        match (self.row.covers, self.row.needs) {
            (Covers::Value, Needs::Header) => vec![Location::Header(name())],
            (Covers::Value, Needs::Query) => vec![Location::Query(name())],
            (Covers::Value, Needs::SignatureItem) => vec![Location::SignatureItem(name())],
            (Covers::Value, Needs::Form) => vec![Location::Form(name())],
            (Covers::Value, Needs::Json) => self.members().iter().map(pointer).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns whether the signature covers the value at this place, if the boundaries are fixed. Headers are left to the
    /// caller: they have several names.
    pub(crate) fn covers(&self, at: &Location) -> bool {
        match (self.row.covers, self.row.needs, at) {
            (Covers::Url { query, .. }, _, Location::Query(_)) => query == QueryPart::Whole,
            (Covers::OtherValues, Needs::Form, Location::Form(name)) => !self.leaves_out(name),
            (Covers::Values, Needs::Form, Location::Form(_)) => true,
            (Covers::Values | Covers::OtherValues, Needs::Json, Location::Json(_)) => true,
            _ => self.places().contains(at),
        }
    }

    /// Returns whether the argument names a field that is not in the value.
    fn leaves_out(&self, name: &str) -> bool {
        let input = Input { argument: &self.text, ..Input::default() };
        input.leaves_out(name.as_bytes())
    }

    /// Returns whether the value contains what is at this place: a signature there cannot sign it.
    pub(crate) fn contains(&self, at: &Location) -> bool {
        match (self.row.covers, at) {
            (Covers::OtherValues, _) => false,
            (Covers::Url { query, .. }, Location::Query(_)) => query != QueryPart::Absent,
            (
                Covers::Bytes | Covers::Collidable | Covers::Checksum,
                Location::Json(_) | Location::Form(_),
            ) => true,
            (_, Location::Header(names)) if self.row.needs == Needs::Header => {
                names.split(',').any(|name| self.header().is_some_and(|own| own == name.trim()))
            }
            (Covers::Value, Location::Json(pointer)) => {
                self.members().iter().any(|member| pointer.tokens().starts_with(&member.path))
            }
            _ => self.covers(at),
        }
    }

    /// Returns the value for this text from the head.
    #[inline]
    pub(crate) fn transformed<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.row.apply {
            Apply::Text(apply) => apply(text),
            _ => Cow::Borrowed(text),
        }
    }

    /// Appends the value if it is derived from the whole body.
    pub(crate) fn append(&self, input: &Input<'_>, out: &mut Vec<u8>) -> Result<(), VerifyError> {
        let input = Input { argument: &self.text, ..*input };
        if !self.in_base64 {
            return self.apply(&input, out);
        }
        let mut bytes = Vec::new();
        self.apply(&input, &mut bytes)?;
        out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
        Ok(())
    }

    fn apply(&self, input: &Input<'_>, out: &mut Vec<u8>) -> Result<(), VerifyError> {
        match self.row.apply {
            Apply::Body(apply) => return apply(input, out),
            _ => out.extend_from_slice(input.body),
        }
        Ok(())
    }
}
