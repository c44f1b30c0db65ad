//! The compiled places of values.

use http::HeaderName;

use crate::error::ConfigError;
use crate::scheme::{Location, header_names};

/// The place of a value, ready for look-up.
#[derive(Debug)]
pub(crate) enum Source {
    Headers(Vec<HeaderName>),
    Json(Vec<String>),
    Form(String),
    Query(String),
    Claim(String),
    Body,
    SignatureItem(Vec<u8>),
    SignatureIndex(usize),
    /// The first of several places that has a value.
    FirstOf {
        /// The places in the head, in order.
        head: Vec<Self>,
        /// The places in the body, in order.
        body: Vec<Self>,
        /// Whether the places in the body take precedence over those in the head.
        body_first: bool,
    },
}

impl Source {
    pub(crate) fn new(at: &Location, field: &str) -> Result<Self, ConfigError> {
        Ok(match at {
            Location::Header(names) => Self::Headers(header_names(names, field)?),
            Location::Json(pointer) => {
                pointer.check(field)?;
                Self::Json(pointer.tokens())
            }
            Location::Form(name) => Self::Form(name.clone().into_owned()),
            Location::Query(name) => Self::Query(name.clone().into_owned()),
            Location::Claim(name) => Self::Claim(name.clone().into_owned()),
            Location::Body => Self::Body,
            Location::SignatureItem(tag) => Self::SignatureItem(tag.as_bytes().to_vec()),
            Location::SignatureIndex(index) => Self::SignatureIndex(*index),
            Location::FirstOf(places) => return Self::first_of(places, field),
            Location::Malformed(text) => return Err(Location::problem_of(text, field)),
        })
    }

    fn first_of(places: &[Location], field: &str) -> Result<Self, ConfigError> {
        let (mut head, mut body, mut changes) = (Vec::new(), Vec::new(), 0);
        let mut was_in_body = None;
        for place in places {
            let source = match place {
                Location::Header(_) | Location::Query(_) | Location::Json(_) | Location::Form(_) => {
                    Self::new(place, field)?
                }
                _ => {
                    let problem = format!(
                        "`{place}` cannot be one of several places: they are headers, \
                                           parameters of the query, and values of the body"
                    );
                    return Err(ConfigError::new(field, problem));
                }
            };
            let is_in_body = source.is_in_body();
            changes += usize::from(was_in_body.replace(is_in_body).is_some_and(|was| was != is_in_body));
            if is_in_body { body.push(source) } else { head.push(source) }
        }
        if changes > 1 || places.len() < 2 {
            let problem = "needs two or more places, with all places in the head before or after all places in the body";
            return Err(ConfigError::new(field, problem));
        }
        let body_first = places.first().is_some_and(Location::is_in_body);
        Ok(Self::FirstOf { head, body, body_first })
    }

    pub(crate) const fn is_in_body(&self) -> bool {
        match self {
            Self::Json(_) | Self::Form(_) | Self::Body => true,
            Self::FirstOf { head, .. } => head.is_empty(),
            _ => false,
        }
    }

    /// Returns whether the value can be read before the body has arrived.
    pub(crate) const fn is_in_head(&self) -> bool {
        match self {
            Self::FirstOf { body, .. } => body.is_empty(),
            _ => !self.is_in_body() && !matches!(self, Self::Claim(_)),
        }
    }

    /// Returns whether the value may be in the head or in the body.
    pub(crate) const fn is_mixed(&self) -> bool {
        !self.is_in_head() && !self.is_in_body() && !matches!(self, Self::Claim(_))
    }

    /// Returns whether a value in the body takes precedence over one in the head.
    pub(crate) const fn prefers_body(&self) -> bool {
        matches!(self, Self::FirstOf { body_first: true, .. })
    }

    /// Returns the places in the body, in order.
    pub(crate) fn in_body(&self) -> &[Self] {
        match self {
            Self::Json(_) | Self::Form(_) | Self::Body => std::slice::from_ref(self),
            Self::FirstOf { body, .. } => body,
            _ => &[],
        }
    }

    /// Returns the places in the head that are not a single header, in order.
    pub(crate) fn resolved_in_head(&self) -> Option<&[Self]> {
        match self {
            Self::Query(_) => Some(std::slice::from_ref(self)),
            Self::FirstOf { head, .. } if !head.is_empty() => Some(head),
            _ => None,
        }
    }

    /// Returns the headers among several places.
    pub(crate) fn alternative_headers(&self) -> impl Iterator<Item = &HeaderName> {
        let places = if let Self::FirstOf { head, .. } = self { head.as_slice() } else { &[] };
        let names = places.iter().filter_map(|place| match place {
            Self::Headers(names) => Some(names),
            _ => None,
        });
        names.flatten()
    }

    pub(crate) const fn is_in_signature(&self) -> bool {
        matches!(self, Self::SignatureItem(_) | Self::SignatureIndex(_))
    }
}
