use std::borrow::Cow;

use http::HeaderName;

use crate::error::ConfigError;
use crate::event::Envelope;
use crate::provider::Provider;
use crate::scheme::{Algorithm, BodyPart, Content, Encoding, FixedPart, Location, Pointer, header_names};
use crate::verifier::{Grammar, Step, Wanted};

/// A declaration, checked and taken apart once, so that a request finds everything ready.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) provider: Cow<'static, Provider>,
    pub(crate) content: Content,
    /// What is signed before the body, and after it.
    pub(crate) before: Vec<Step>,
    pub(crate) after: Vec<Step>,
    /// What the id must not contain.
    pub(crate) id_end: Vec<u8>,
    /// Whether the body is hashed as it is.
    pub(crate) streams: bool,
    /// Whether there is an id in the head, and it is signed.
    pub(crate) signs_id_in_head: bool,
    /// Whether there is a timestamp outside the body.
    pub(crate) dated_by_head: bool,
    pub(crate) signature: Source,
    pub(crate) grammar: Grammar,
    pub(crate) timestamp: Option<Source>,
    pub(crate) id: Option<Source>,
    pub(crate) event_type: Option<Source>,
    pub(crate) data: Vec<String>,
    /// Where id, type and data can be found in one pass.
    pub(crate) envelope: Option<Envelope>,
    pub(crate) signs: Coverage,
    pub(crate) signs_form: bool,
    pub(crate) wanted: Wanted,
}

/// Where a value is, ready to look up.
#[derive(Debug)]
pub(crate) enum Source {
    Headers(Vec<HeaderName>),
    Json(Vec<String>),
    Form(String),
    Query(String),
    Claim(String),
    SignatureItem(Vec<u8>),
    SignatureIndex(usize),
}

/// What a signature covers: everything else can be changed by whoever can see and repeat a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// All bytes of the body.
    pub body: bool,
    /// The id of the delivery.
    pub id: bool,
    /// The type of the event.
    pub event_type: bool,
    /// The timestamp.
    pub timestamp: bool,
}

impl Plan {
    pub(crate) fn new(provider: Cow<'static, Provider>) -> Result<Self, ConfigError> {
        let scheme = &provider.scheme;
        let content = scheme.content.parse().map_err(|error| error.within("scheme"))?;
        let signature = Source::new(&scheme.signature.at, "scheme.signature.at")?;
        let grammar = Grammar::new(&scheme.signature.format)?;
        let timestamp = scheme.timestamp.as_ref();
        let timestamp = timestamp.map(|field| Source::new(&field.at, "scheme.timestamp.at")).transpose()?;
        let event = &provider.event;
        let id = event.id.as_ref().map(|at| Source::new(at, "event.id")).transpose()?;
        let event_type = event.event_type.as_ref().map(|at| Source::new(at, "event.type")).transpose()?;
        if let Some(data) = &event.data {
            data.check("event.data")?;
        }
        let data = event.data.as_ref().map(Pointer::tokens).unwrap_or_default();
        let envelope = Envelope::new(id.as_ref(), event_type.as_ref(), &data);
        let more = !content.body.is_empty();
        let (before, after) = (Step::all(&content.before, more), Step::all(&content.after, false));
        let id_end = before.iter().chain(&after).find(|step| step.part == FixedPart::Id);
        let id_end = id_end.map(|step| step.end.clone()).unwrap_or_default();
        let streams = content.streams();
        let dated_by_head = timestamp.as_ref().is_some_and(|source| !source.is_in_body());
        let signs = Coverage::of(&provider, &content);
        let signs_id_in_head = signs.id && matches!(id, Some(Source::Headers(_)));
        let signs_form =
            content.body.iter().any(|part| matches!(part, BodyPart::Form(_) | BodyPart::FormSorted));
        let wanted = Wanted::default();
        let mut plan = Self {
            content,
            before,
            after,
            id_end,
            streams,
            dated_by_head,
            signs_id_in_head,
            signature,
            grammar,
            timestamp,
            id,
            event_type,
            data,
            envelope,
            signs,
            signs_form,
            wanted,
            provider,
        };
        plan.check()?;
        plan.wanted = Wanted::new(&plan)?;
        Ok(plan)
    }

    /// What the parts of a declaration need of each other.
    fn check(&self) -> Result<(), ConfigError> {
        let scheme = &self.provider.scheme;
        let needs = |ok: bool, field: &str, problem: &str| {
            if ok { Ok(()) } else { Err(ConfigError::new(field, problem)) }
        };
        let empty =
            self.content.before.is_empty() && self.content.body.is_empty() && self.content.after.is_empty();
        needs(!self.provider.slug.is_empty(), "slug", "is empty")?;
        needs(
            empty != scheme.algorithm.covers_content(),
            "scheme.content",
            "is needed by every algorithm but `token` and `basic`, which sign nothing",
        )?;
        needs(
            self.content.fixed().any(|part| *part == FixedPart::Secret)
                == scheme.algorithm.takes_secret_in_content(),
            "scheme.content",
            "`{secret}` belongs into the content of the plain hashes `sha1` and `sha256`, and only there",
        )?;
        needs(
            (scheme.signature.encoding == Encoding::Text) == (scheme.algorithm == Algorithm::Token),
            "scheme.signature.encoding",
            "`text` is the encoding of `token`, and of nothing else",
        )?;
        let uses = |wanted: &FixedPart| self.content.fixed().any(|part| part == wanted);
        needs(
            !uses(&FixedPart::Timestamp) || matches!(&self.timestamp, Some(source) if !source.is_in_body()),
            "scheme.timestamp",
            "`{timestamp}` stands in the content, so its place outside the body has to be declared",
        )?;
        needs(
            !uses(&FixedPart::Id) || matches!(&self.id, Some(source) if !source.is_in_body()),
            "event.id",
            "`{id}` stands in the content, so its place outside the body has to be declared",
        )?;
        needs(
            !self.signature.is_in_signature(),
            "scheme.signature.at",
            "the signature field cannot be inside itself",
        )
    }

    /// Whether `{url}` or a part of it is signed.
    pub(crate) fn signs_url(&self) -> bool {
        self.content.fixed().any(|part| {
            matches!(part, FixedPart::Url | FixedPart::UrlWithoutQuery | FixedPart::Path | FixedPart::Query)
        })
    }
}

impl Source {
    fn new(at: &Location, field: &str) -> Result<Self, ConfigError> {
        Ok(match at {
            Location::Header(names) => Self::Headers(header_names(names, field)?),
            Location::Json(pointer) => {
                pointer.check(field)?;
                Self::Json(pointer.tokens())
            }
            Location::Form(name) => Self::Form(name.clone().into_owned()),
            Location::Query(name) => Self::Query(name.clone().into_owned()),
            Location::Claim(name) => Self::Claim(name.clone().into_owned()),
            Location::SignatureItem(tag) => Self::SignatureItem(tag.as_bytes().to_vec()),
            Location::SignatureIndex(index) => Self::SignatureIndex(*index),
        })
    }
}

impl Source {
    pub(crate) const fn is_in_body(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Form(_))
    }

    pub(crate) const fn is_in_signature(&self) -> bool {
        matches!(self, Self::SignatureItem(_) | Self::SignatureIndex(_))
    }
}

impl Coverage {
    fn of(provider: &Provider, content: &Content) -> Self {
        let has = |wanted: &FixedPart| content.fixed().any(|part| part == wanted);
        let covers = |at: &Location| match at {
            Location::Header(names) => names.split(',').all(|name| {
                content
                    .fixed()
                    .any(|part| matches!(part, FixedPart::Header(signed) if signed.as_str() == name.trim()))
            }),
            Location::Json(pointer) => content.covers_body() || content.covers_json(pointer),
            Location::Form(name) => content.covers_body() || content.covers_form(name),
            Location::Query(name) => content.fixed().any(|part| match part {
                FixedPart::Url | FixedPart::Query => true,
                _ => false,
            }),
            Location::Claim(_) => true,
            Location::SignatureItem(_) | Location::SignatureIndex(_) => false,
        };
        let (event, timestamp) = (&provider.event, &provider.scheme.timestamp);
        Self {
            body: content.covers_body(),
            id: has(&FixedPart::Id) || event.id.as_ref().is_some_and(covers),
            event_type: event.event_type.as_ref().is_some_and(covers),
            timestamp: has(&FixedPart::Timestamp)
                || timestamp.as_ref().is_some_and(|field| covers(&field.at)),
        }
    }
}
