use http::HeaderName;
use smallvec::SmallVec;

use super::source::Source;
use crate::error::ConfigError;
use crate::head::Headers;
use crate::scheme::{Repeat, Scheme};

/// The headers that a declaration needs, indexed for one pass over a request that finds all of them under all their
/// names.
#[derive(Debug)]
pub(crate) struct Wanted {
    headers: Vec<Header>,
    /// By hash of the name: the position of the first header with that hash, plus one. Most headers of a request are
    /// skipped after one look here.
    first: [u8; 64],
    each_signature: bool,
    /// The prefixes of numbered signature headers.
    numbered: Vec<String>,
    /// Whether the request itself names headers.
    everything: bool,
    /// Whether a second pass is needed.
    again: bool,
}

#[derive(Debug)]
struct Header {
    name: String,
    slot: usize,
    /// The next header with the same hash, encoded like [`Wanted::first`].
    next: u8,
}

/// The values of the headers that were found, by slot.
#[derive(Default)]
pub(crate) struct Gathered<'h> {
    found: [Option<&'h [u8]>; SIGNED],
    /// Bit n is set if slot n was found with different values.
    differ: u32,
    /// The values that few requests have.
    more: Option<Box<More<'h>>>,
    signed: SmallVec<[Found<'h>; 2]>,
}

#[derive(Default)]
struct More<'h> {
    /// Signatures after the first, if each header is one.
    signatures: Vec<&'h [u8]>,
    /// All headers, if the request itself names the signed ones.
    all: Vec<(&'h str, &'h [u8])>,
}

/// The purpose of a header.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    Signature,
    Timestamp,
    Id,
    EventType,
    ContentLength,
    ContentType,
}

/// The first slot of headers that are part of the signed content by their own name.
const SIGNED: usize = 6;

/// A value that must occur once, or always be the same.
#[derive(Clone, Copy, Default)]
pub(crate) enum Found<'h> {
    #[default]
    Nothing,
    One(&'h [u8]),
    Several,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            first: [0; 64],
            each_signature: false,
            numbered: Vec::new(),
            everything: false,
            again: false,
        }
    }
}

impl Wanted {
    /// Creates the index.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration needs more headers than a request may have.
    pub(super) fn new(
        scheme: &Scheme,
        sources: [(Slot, Option<&Source>); 4],
        signs_form: bool,
        headers: &[HeaderName],
        lists_headers: bool,
    ) -> Result<Self, ConfigError> {
        // The lines of a dictionary are one field (RFC 9421, section 4.2).
        let each_signature = scheme.signature.repeat == Repeat::Any || scheme.message_signature.is_some();
        let mut wanted = Self { each_signature, ..Self::default() };
        for (slot, source) in sources {
            wanted.add_source(source, slot);
        }
        wanted.add(http::header::CONTENT_LENGTH.as_str(), Slot::ContentLength as usize);
        if signs_form {
            wanted.add(http::header::CONTENT_TYPE.as_str(), Slot::ContentType as usize);
        }
        for (position, name) in headers.iter().enumerate() {
            wanted.add(name.as_str(), SIGNED + position);
        }
        wanted.everything = lists_headers;
        wanted.again = wanted.everything || !wanted.numbered.is_empty();
        if wanted.headers.len() >= usize::from(u8::MAX) {
            return Err(ConfigError::new("scheme", "names more than 254 headers"));
        }
        Ok(wanted)
    }

    fn add_source(&mut self, source: Option<&Source>, slot: Slot) {
        if let Some(Source::Headers(names)) = source {
            for name in names {
                match (slot, name.as_str().strip_suffix('*')) {
                    (Slot::Signature, Some(start)) => self.numbered.push(start.to_owned()),
                    _ => self.add(name.as_str(), slot as usize),
                }
            }
        }
    }

    fn add(&mut self, name: &str, slot: usize) {
        let position = u8::try_from(self.headers.len() + 1).unwrap_or_default();
        let mut next = 0;
        if let Some(first) = self.first.get_mut(hash(name)) {
            next = std::mem::replace(first, position);
        }
        self.headers.push(Header { name: name.to_owned(), slot, next });
    }

    /// Collects the values in one pass over the headers.
    #[inline]
    pub(crate) fn gather<'h, H: Headers>(&self, headers: &'h H) -> Gathered<'h> {
        let mut gathered = Gathered::default();
        headers.for_each(|name, value| {
            let mut at = self.first.get(hash(name)).copied().unwrap_or_default();
            while let Some(wanted) = self.headers.get(usize::from(at).wrapping_sub(1)) {
                if wanted.name == name {
                    gathered.take(wanted.slot, value, self.each_signature);
                }
                at = wanted.next;
            }
        });
        if self.again {
            self.gather_all(headers, &mut gathered);
        }
        gathered
    }

    /// Collects in a second pass the headers whose names are in the request.
    #[cold]
    fn gather_all<'h, H: Headers>(&self, headers: &'h H, gathered: &mut Gathered<'h>) {
        headers.for_each(|name, value| {
            let number = self.numbered.iter().find_map(|start| name.strip_prefix(start.as_str()));
            if number.is_some_and(|number| number.parse::<u16>().is_ok()) {
                gathered.take(Slot::Signature as usize, value, self.each_signature);
            }
            if self.everything {
                gathered.more.get_or_insert_default().all.push((name, value));
            }
        });
    }
}

impl<'h> Gathered<'h> {
    #[inline]
    pub(crate) fn get(&self, slot: Slot) -> Found<'h> {
        let slot = slot as usize;
        match self.found.get(slot) {
            Some(Some(_)) if self.differ >> slot & 1 == 1 => Found::Several,
            Some(Some(value)) => Found::One(value),
            _ => Found::Nothing,
        }
    }

    /// Sets a value that was found outside the headers, once for each slot. No header has the same slot.
    #[cold]
    pub(crate) fn put(&mut self, slot: Slot, value: Found<'h>) {
        let slot = slot as usize;
        let bytes: &[u8] = if let Found::One(bytes) = value { bytes } else { &[] };
        self.differ |= u32::from(matches!(value, Found::Several)) << slot;
        if let Some(found) = self.found.get_mut(slot) {
            *found = Some(bytes);
        }
    }

    /// Returns the value of a header that is checked, or part of the signed content by its own name. `headers` are all
    /// such headers.
    pub(crate) fn signed(&self, headers: &[HeaderName], name: &HeaderName) -> Found<'h> {
        let position = headers.iter().position(|signed| signed == name);
        position.and_then(|position| self.signed.get(position)).copied().unwrap_or_default()
    }

    /// Returns the signatures after the first, if each header is one.
    pub(crate) fn more_signatures(&self) -> &[&'h [u8]] {
        self.more.as_ref().map(|more| more.signatures.as_slice()).unwrap_or_default()
    }

    /// Returns all headers, if the request itself names the signed ones.
    pub(crate) fn all(&self) -> &[(&'h str, &'h [u8])] {
        self.more.as_ref().map(|more| more.all.as_slice()).unwrap_or_default()
    }

    #[inline]
    fn take(&mut self, slot: usize, value: &'h [u8], each_signature: bool) {
        match self.found.get_mut(slot) {
            Some(found @ None) => *found = Some(value),
            Some(Some(_)) if slot == Slot::Signature as usize && each_signature => {
                self.more.get_or_insert_default().signatures.push(value)
            }
            Some(Some(first)) => self.differ |= u32::from(*first != value) << slot,
            None => self.take_signed(slot - SIGNED, value),
        }
    }

    #[cold]
    fn take_signed(&mut self, position: usize, value: &'h [u8]) {
        if self.signed.len() <= position {
            self.signed.resize(position + 1, Found::Nothing);
        }
        if let Some(found) = self.signed.get_mut(position) {
            *found = match found {
                Found::Nothing => Found::One(value),
                Found::One(first) if *first == value => Found::One(value),
                _ => Found::Several,
            };
        }
    }
}

impl<'h> Found<'h> {
    /// Returns the value if there is exactly one. An empty one counts as absent.
    #[inline]
    pub(crate) fn one<E>(self, several: impl FnOnce() -> E) -> Result<Option<&'h [u8]>, E> {
        match self {
            Self::Nothing | Self::One([]) => Ok(None),
            Self::One(value) => Ok(Some(value)),
            Self::Several => Err(several()),
        }
    }
}

/// Returns a hash below 64. Names of the same length rarely have the same end.
#[inline]
fn hash(name: &str) -> usize {
    let last = name.as_bytes().last().copied().unwrap_or_default();
    (name.len() * 5 + usize::from(last)) & 63
}
