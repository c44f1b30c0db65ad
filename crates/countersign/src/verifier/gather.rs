use smallvec::SmallVec;

use super::{Plan, Source};
use crate::head::Headers;
use crate::scheme::{FixedPart, Repeat};

/// Which headers a declaration needs, and for what: one pass over a request finds them all, under every name they go by.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    headers: Vec<(String, Slot)>,
    /// Bit n is set where a name of n bytes is wanted: most headers are passed over by that alone.
    lengths: u64,
    each_signature: bool,
}

/// What a header is for.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Signature,
    Timestamp,
    Id,
    EventType,
    ContentLength,
    ContentType,
    /// Part of the signed content by its own name, by position.
    Signed(usize),
}

/// The headers that were found.
#[derive(Default)]
pub(crate) struct Gathered<'h> {
    pub(crate) signatures: SmallVec<[&'h [u8]; 1]>,
    pub(crate) signatures_differ: bool,
    pub(crate) timestamp: Found<'h>,
    pub(crate) id: Found<'h>,
    pub(crate) event_type: Found<'h>,
    pub(crate) content_length: Found<'h>,
    pub(crate) content_type: Found<'h>,
    signed: SmallVec<[Found<'h>; 1]>,
}

/// A value that has to be there once, or always the same.
#[derive(Clone, Copy, Default)]
pub(crate) enum Found<'h> {
    #[default]
    Nothing,
    One(&'h [u8]),
    Several,
}

impl Wanted {
    pub(crate) fn new(plan: &Plan) -> Self {
        let each_signature = plan.provider.scheme.signature.repeat == Repeat::Any;
        let mut wanted = Self { each_signature, ..Self::default() };
        wanted.add_source(Some(&plan.signature), Slot::Signature);
        wanted.add_source(plan.timestamp.as_ref(), Slot::Timestamp);
        wanted.add_source(plan.id.as_ref(), Slot::Id);
        wanted.add_source(plan.event_type.as_ref(), Slot::EventType);
        wanted.add(http::header::CONTENT_LENGTH.as_str(), Slot::ContentLength);
        if plan.signs_form {
            wanted.add(http::header::CONTENT_TYPE.as_str(), Slot::ContentType);
        }
        for (position, name) in signed_headers(plan).enumerate() {
            wanted.add(name.as_str(), Slot::Signed(position));
        }
        wanted
    }

    fn add_source(&mut self, source: Option<&Source>, slot: Slot) {
        if let Some(Source::Headers(names)) = source {
            for name in names {
                self.add(name.as_str(), slot);
            }
        }
    }

    fn add(&mut self, name: &str, slot: Slot) {
        self.lengths |= length_bit(name);
        self.headers.push((name.to_owned(), slot));
    }

    /// Looks through the headers, once.
    pub(crate) fn gather<'h, H: Headers>(&self, headers: &'h H) -> Gathered<'h> {
        let mut found = Gathered::default();
        headers.for_each(|name, value| {
            if self.lengths & length_bit(name) != 0 {
                for (wanted, slot) in &self.headers {
                    if wanted.len() == name.len() && wanted == name {
                        found.take(*slot, value, self.each_signature);
                    }
                }
            }
        });
        found
    }
}

impl<'h> Gathered<'h> {
    /// The value of a header that is part of the signed content by its own name.
    pub(crate) fn signed(&self, plan: &Plan, name: &http::HeaderName) -> Found<'h> {
        let position = signed_headers(plan).position(|signed| signed == name);
        position.and_then(|position| self.signed.get(position)).copied().unwrap_or_default()
    }

    fn take(&mut self, slot: Slot, value: &'h [u8], each_signature: bool) {
        match slot {
            Slot::Signature => {
                let differs = self.signatures.first().is_some_and(|first| *first != value);
                if self.signatures.is_empty() || each_signature {
                    self.signatures.push(value);
                } else {
                    self.signatures_differ |= differs;
                }
            }
            Slot::Timestamp => self.timestamp.take(value),
            Slot::Id => self.id.take(value),
            Slot::EventType => self.event_type.take(value),
            Slot::ContentLength => self.content_length.take(value),
            Slot::ContentType => self.content_type.take(value),
            Slot::Signed(position) => {
                if self.signed.len() <= position {
                    self.signed.resize(position + 1, Found::Nothing);
                }
                if let Some(found) = self.signed.get_mut(position) {
                    found.take(value);
                }
            }
        }
    }
}

impl<'h> Found<'h> {
    fn take(&mut self, value: &'h [u8]) {
        *self = match self {
            Self::Nothing => Self::One(value),
            Self::One(first) if *first == value => Self::One(value),
            _ => Self::Several,
        };
    }

    /// The value, if there is exactly one; an empty one is none.
    pub(crate) fn one<E>(self, several: impl FnOnce() -> E) -> Result<Option<&'h [u8]>, E> {
        match self {
            Self::Nothing | Self::One([]) => Ok(None),
            Self::One(value) => Ok(Some(value)),
            Self::Several => Err(several()),
        }
    }
}

fn signed_headers(plan: &Plan) -> impl Iterator<Item = &http::HeaderName> {
    plan.content.fixed().filter_map(|part| match part {
        FixedPart::Header(name) => Some(name),
        _ => None,
    })
}

fn length_bit(name: &str) -> u64 {
    1 << (name.len() & 63)
}
