use smallvec::SmallVec;

use super::{Plan, Source};
use crate::head::Headers;
use crate::scheme::{FixedPart, Repeat};

/// Which headers a declaration needs, and for what: one pass over a request finds them all, under every name they go by.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    headers: Vec<Header>,
    /// Bit n is set where a name of hash n is wanted: most headers are passed over by that alone.
    hashes: u64,
    each_signature: bool,
}

#[derive(Debug)]
struct Header {
    name: String,
    hash: u8,
    slot: usize,
}

/// The headers that were found, by slot.
#[derive(Default)]
pub(crate) struct Gathered<'h> {
    found: [Found<'h>; SIGNED],
    /// Signatures beyond the first, where each header is one.
    pub(crate) more_signatures: Vec<&'h [u8]>,
    signed: SmallVec<[Found<'h>; 1]>,
}

/// What a header is for.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    Signature,
    Timestamp,
    Id,
    EventType,
    ContentLength,
    ContentType,
}

/// From here on slots are headers that are part of the signed content by their own name.
const SIGNED: usize = 6;

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
        wanted.add(http::header::CONTENT_LENGTH.as_str(), Slot::ContentLength as usize);
        if plan.signs_form {
            wanted.add(http::header::CONTENT_TYPE.as_str(), Slot::ContentType as usize);
        }
        for (position, name) in signed_headers(plan).enumerate() {
            wanted.add(name.as_str(), SIGNED + position);
        }
        wanted
    }

    fn add_source(&mut self, source: Option<&Source>, slot: Slot) {
        if let Some(Source::Headers(names)) = source {
            for name in names {
                self.add(name.as_str(), slot as usize);
            }
        }
    }

    fn add(&mut self, name: &str, slot: usize) {
        let hash = hash(name);
        self.hashes |= 1 << hash;
        self.headers.push(Header { name: name.to_owned(), hash, slot });
    }

    /// Looks through the headers, once.
    pub(crate) fn gather<'h, H: Headers>(&self, headers: &'h H) -> Gathered<'h> {
        let mut gathered = Gathered::default();
        headers.for_each(|name, value| {
            let hash = hash(name);
            if self.hashes >> hash & 1 == 1 {
                for wanted in &self.headers {
                    if wanted.hash == hash && wanted.name == name {
                        gathered.take(wanted.slot, value, self.each_signature);
                    }
                }
            }
        });
        gathered
    }
}

impl<'h> Gathered<'h> {
    pub(crate) const fn get(&self, slot: Slot) -> Found<'h> {
        let [signature, timestamp, id, event_type, content_length, content_type] = self.found;
        match slot {
            Slot::Signature => signature,
            Slot::Timestamp => timestamp,
            Slot::Id => id,
            Slot::EventType => event_type,
            Slot::ContentLength => content_length,
            Slot::ContentType => content_type,
        }
    }

    /// The value of a header that is part of the signed content by its own name.
    pub(crate) fn signed(&self, plan: &Plan, name: &http::HeaderName) -> Found<'h> {
        let position = signed_headers(plan).position(|signed| signed == name);
        position.and_then(|position| self.signed.get(position)).copied().unwrap_or_default()
    }

    #[inline]
    fn take(&mut self, slot: usize, value: &'h [u8], each_signature: bool) {
        match self.found.get_mut(slot) {
            Some(Found::One(_)) if slot == Slot::Signature as usize && each_signature => {
                self.more_signatures.push(value)
            }
            Some(found) => found.take(value),
            None => {
                let position = slot - SIGNED;
                if self.signed.len() <= position {
                    self.signed.resize(position + 1, Found::Nothing);
                }
                self.signed.iter_mut().skip(position).take(1).for_each(|found| found.take(value));
            }
        }
    }
}

impl<'h> Found<'h> {
    #[inline]
    fn take(&mut self, value: &'h [u8]) {
        *self = match self {
            Self::Nothing => Self::One(value),
            Self::One(first) if *first == value => Self::One(value),
            _ => Self::Several,
        };
    }

    /// The value, if there is exactly one; an empty one is none.
    #[inline]
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

/// Below 64. Names of one length rarely end alike.
#[inline]
fn hash(name: &str) -> u8 {
    let last = name.as_bytes().last().copied().unwrap_or_default();
    (name.len() as u8).wrapping_mul(5).wrapping_add(last) & 63
}
