use http::HeaderName;
use smallvec::SmallVec;

use super::source::Source;
use crate::error::ConfigError;
use crate::head::Headers;
use crate::scheme::{DuplicateHeaders, Scheme};

/// The headers that a declaration needs, indexed for one pass over a request that finds all of them under all their
/// names.
#[derive(Debug)]
pub(crate) struct HeaderIndex {
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
    /// The next header with the same hash, encoded like [`HeaderIndex::first`].
    next: u8,
}

/// The values of the headers that were found, by slot.
#[derive(Default)]
pub(crate) struct HeaderValues<'h> {
    found: [Option<&'h [u8]>; SIGNED],
    /// Bit n is set if slot n was found with different values.
    differ: u32,
    /// The values that few requests have.
    extra: Option<Box<ExtraValues<'h>>>,
    signed: SmallVec<[Occurrence<'h>; 2]>,
}

#[derive(Default)]
struct ExtraValues<'h> {
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
pub(crate) enum Occurrence<'h> {
    #[default]
    Nothing,
    One(&'h [u8]),
    Several,
}

impl Default for HeaderIndex {
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

impl HeaderIndex {
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
        let each_signature =
            scheme.signature.repeat == DuplicateHeaders::Any || scheme.message_signature.is_some();
        let mut index = Self { each_signature, ..Self::default() };
        for (slot, source) in sources {
            index.add_source(source, slot);
        }
        index.add(http::header::CONTENT_LENGTH.as_str(), Slot::ContentLength as usize);
        if signs_form {
            index.add(http::header::CONTENT_TYPE.as_str(), Slot::ContentType as usize);
        }
        for (position, name) in headers.iter().enumerate() {
            index.add(name.as_str(), SIGNED + position);
        }
        index.everything = lists_headers;
        index.again = index.everything || !index.numbered.is_empty();
        if index.headers.len() >= usize::from(u8::MAX) {
            return Err(ConfigError::new("scheme", "names more than 254 headers"));
        }
        Ok(index)
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
    pub(crate) fn collect<'h, H: Headers>(&self, headers: &'h H) -> HeaderValues<'h> {
        let mut header_values = HeaderValues::default();
        headers.for_each(|name, value| {
            let mut at = self.first.get(hash(name)).copied().unwrap_or_default();
            while let Some(header) = self.headers.get(usize::from(at).wrapping_sub(1)) {
                if header.name == name {
                    header_values.take(header.slot, value, self.each_signature);
                }
                at = header.next;
            }
        });
        if self.again {
            self.collect_all(headers, &mut header_values);
        }
        header_values
    }

    /// Collects in a second pass the headers whose names are in the request.
    #[cold]
    fn collect_all<'h, H: Headers>(&self, headers: &'h H, header_values: &mut HeaderValues<'h>) {
        headers.for_each(|name, value| {
            let number = self.numbered.iter().find_map(|start| name.strip_prefix(start.as_str()));
            if number.is_some_and(|number| number.parse::<u16>().is_ok()) {
                header_values.take(Slot::Signature as usize, value, self.each_signature);
            }
            if self.everything {
                header_values.extra.get_or_insert_default().all.push((name, value));
            }
        });
    }
}

impl<'h> HeaderValues<'h> {
    #[inline]
    pub(crate) fn get(&self, slot: Slot) -> Occurrence<'h> {
        let slot = slot as usize;
        match self.found.get(slot) {
            Some(Some(_)) if self.differ >> slot & 1 == 1 => Occurrence::Several,
            Some(Some(value)) => Occurrence::One(value),
            _ => Occurrence::Nothing,
        }
    }

    /// Sets a value that was found outside the headers, once for each slot. No header has the same slot.
    #[cold]
    pub(crate) fn put(&mut self, slot: Slot, value: Occurrence<'h>) {
        let slot = slot as usize;
        let bytes: &[u8] = if let Occurrence::One(bytes) = value { bytes } else { &[] };
        self.differ |= u32::from(matches!(value, Occurrence::Several)) << slot;
        if let Some(found) = self.found.get_mut(slot) {
            *found = Some(bytes);
        }
    }

    /// Returns the value of a header that is checked, or part of the signed content by its own name. `headers` are all
    /// such headers.
    pub(crate) fn signed(&self, headers: &[HeaderName], name: &HeaderName) -> Occurrence<'h> {
        let position = headers.iter().position(|signed| signed == name);
        position.and_then(|position| self.signed.get(position)).copied().unwrap_or_default()
    }

    /// Returns the signatures after the first, if each header is one.
    pub(crate) fn more_signatures(&self) -> &[&'h [u8]] {
        self.extra.as_ref().map(|extra| extra.signatures.as_slice()).unwrap_or_default()
    }

    /// Returns all headers, if the request itself names the signed ones.
    pub(crate) fn all(&self) -> &[(&'h str, &'h [u8])] {
        self.extra.as_ref().map(|extra| extra.all.as_slice()).unwrap_or_default()
    }

    #[inline]
    fn take(&mut self, slot: usize, value: &'h [u8], each_signature: bool) {
        match self.found.get_mut(slot) {
            Some(found @ None) => *found = Some(value),
            Some(Some(_)) if slot == Slot::Signature as usize && each_signature => {
                self.extra.get_or_insert_default().signatures.push(value)
            }
            Some(Some(first)) => self.differ |= u32::from(*first != value) << slot,
            None => self.take_signed(slot - SIGNED, value),
        }
    }

    #[cold]
    fn take_signed(&mut self, position: usize, value: &'h [u8]) {
        if self.signed.len() <= position {
            self.signed.resize(position + 1, Occurrence::Nothing);
        }
        if let Some(found) = self.signed.get_mut(position) {
            *found = match found {
                Occurrence::Nothing => Occurrence::One(value),
                Occurrence::One(first) if *first == value => Occurrence::One(value),
                _ => Occurrence::Several,
            };
        }
    }
}

impl<'h> Occurrence<'h> {
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
