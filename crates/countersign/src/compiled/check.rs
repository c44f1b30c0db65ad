use super::boundaries::{Boundaries, Timestamp};
use super::source::Source;
use super::step::Step;
use crate::error::ConfigError;
use crate::scheme::{Check, Content, DigestFormat, Location, Presence};

/// A compiled check of a declaration.
#[derive(Debug)]
pub(crate) struct CompiledCheck {
    pub(crate) at: Location,
    pub(crate) content: Content,
    pub(crate) source: Source,
    pub(crate) before: Vec<Step>,
    pub(crate) body: Vec<Step>,
    pub(crate) after: Vec<Step>,
    pub(crate) prefix: String,
    pub(crate) separator: String,
    pub(crate) digest: Option<DigestFormat>,
    pub(crate) presence: Presence,
    /// Whether the expected value depends on the body.
    binds_body: bool,
}

impl CompiledCheck {
    pub(super) fn new(check: &Check, timestamp: Timestamp<'_>) -> Result<Self, ConfigError> {
        let content = check.equals.parse().map_err(|error| error.within("scheme.checks"))?;
        let boundaries = Boundaries::new(&content, timestamp);
        Ok(Self {
            at: check.at.clone(),
            source: Source::new(&check.at, "scheme.checks.at")?,
            // Of several values, one is enough: the others are not bound.
            binds_body: boundaries.bound.covers_body()
                && check.presence != Presence::Optional
                && check.separator.is_empty(),
            before: boundaries.before,
            body: boundaries.body,
            after: boundaries.after,
            content,
            prefix: check.prefix.clone().into_owned(),
            separator: check.separator.clone().into_owned(),
            digest: check.digest,
            presence: check.presence,
        })
    }

    /// Returns whether the value depends on the body.
    pub(crate) const fn binds_body(&self) -> bool {
        self.binds_body
    }

    /// Returns whether the comparison makes a copy of the body: not if only its digest is compared.
    pub(crate) fn copies_body(&self) -> bool {
        let is_hashed = self.digest.is_some() && self.content.is_raw_body();
        !self.content.body.is_empty() && !is_hashed || !self.source.is_in_head()
    }

    /// Returns the headers that may contain the value.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &http::HeaderName> {
        let own = match &self.source {
            Source::Headers(names) => names.as_slice(),
            _ => &[],
        };
        own.iter().chain(self.source.alternative_headers())
    }

    /// Returns the header that is checked.
    pub(crate) fn header(&self) -> Option<&http::HeaderName> {
        match &self.source {
            Source::Headers(names) => names.first(),
            _ => None,
        }
    }

    /// Returns the place of the value.
    pub(crate) const fn source(&self) -> &Source {
        &self.source
    }

    /// Returns whether a sender writes the value into a header or the query.
    pub(crate) fn is_written_in_head(&self) -> bool {
        let is_written = |source: &Source| matches!(source, Source::Headers(_) | Source::Query(_));
        match &self.source {
            Source::FirstOf { head, body_first: false, .. } => head.first().is_some_and(is_written),
            source => is_written(source),
        }
    }
}
