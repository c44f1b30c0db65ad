use std::borrow::Cow;

use crate::error::VerifyError;

/// A row of the [table of placeholders](super::table): the value that a placeholder stands for.
#[derive(Debug)]
pub(crate) struct Transform {
    /// The name in a template. A word in capitals stands for the argument.
    pub(crate) name: &'static str,
    /// The name before its argument.
    pub(super) before: &'static str,
    /// The word in capitals. Empty if there is no argument.
    pub(super) argument: &'static str,
    /// The name after its argument.
    pub(super) after: &'static str,
    /// The part of the request that the value is made of.
    pub(crate) needs: Needs,
    /// The part of the request that cannot be changed if the value is signed.
    pub(crate) covers: Covers,
    /// The form of the value, which determines its boundaries.
    pub(crate) shape: Shape,
    /// The conversion of the part of the request into the value.
    pub(crate) apply: Apply,
    /// The description in the documentation.
    pub(crate) about: &'static str,
}

/// The part of a request that a value is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Needs {
    /// The id of the delivery, as received.
    Id,
    /// The timestamp, as received.
    Timestamp,
    /// The key.
    Secret,
    /// A value that the developer configures.
    Parameter,
    /// The method.
    Method,
    /// The public URL.
    Url,
    /// Path and query of the public URL, or as received if it is not known.
    Target,
    /// A parameter of the query.
    Query,
    /// A header.
    Header,
    /// The headers that a header lists.
    Headers,
    /// The headers that an item of the signature field lists.
    HeadersOfItem,
    /// The headers that a claim in the header of the JWT lists.
    HeadersOfClaim,
    /// An item of the signature field.
    SignatureItem,
    /// The bytes of the body.
    Body,
    /// The fields of a form.
    Form,
    /// The values of a JSON document.
    Json,
}

/// The part of a request that cannot be changed if a value is signed and its boundaries are fixed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Covers {
    /// Nothing: the value is the same in all requests.
    Nothing,
    /// Nothing, although every byte of the body counts: another body with the same value is easily made.
    Checksum,
    /// The value itself, or those that the argument names.
    Value,
    /// The values of the headers in a list.
    Listed,
    /// Parts of the URL.
    Url { origin: bool, path: bool, query: QueryPart },
    /// All bytes of the body.
    Bytes,
    /// All bytes of the body, by a digest with known collisions: no other body with the value of a given one can be made,
    /// but two bodies with one value can.
    Collidable,
    /// All values of the body, but not its other bytes.
    Values,
    /// All values of the body but the signature and those that the argument names.
    OtherValues,
}

/// The query of a URL in a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum QueryPart {
    /// The query is not in the value.
    Absent,
    /// The query is in the value, in a form that other queries have as well: some of its parameters can be changed.
    Ambiguous,
    /// The query is in the value as it is.
    Whole,
}

/// The form of a value, as far as it determines where the value begins and ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// The same text in every request, unknown to the sender: no value contains it.
    Secret,
    /// A fixed length: a digest.
    Fixed,
    /// Delimited by its own grammar: a JSON string, or a value that PHP serialises.
    Closed,
    /// The timestamp, in the unit of the scheme.
    Timestamp,
    /// Digits, any number of them.
    Number,
    /// A method: an HTTP token, which contains no colon.
    Method,
    /// A URL that begins with `http://` or `https://`.
    Url,
    /// A part of a URL.
    UrlText,
    /// Text that is checked against the adjacent literals.
    Text,
    /// Unrestricted text: one such value of a content can be determined by all the others.
    Free,
    /// The body.
    Raw,
    /// Several values without separators.
    Mixed,
}

/// The conversion of a part of the request into a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Apply {
    /// Unchanged.
    AsIs,
    /// Text from the head, in another form.
    Text(fn(&str) -> Cow<'_, str>),
    /// A line with the name and a line with the value of each member.
    Lines,
    /// Bytes derived from the whole body, appended to the others.
    Body(fn(&Input<'_>, &mut Vec<u8>) -> Result<(), VerifyError>),
    /// As [`Body`](Self::Body), in builds with this feature of the crate.
    #[cfg_attr(feature = "crc32", expect(dead_code, reason = "every feature that a row needs is on"))]
    Feature(&'static str),
}

/// The input of a value that is derived from the body.
#[derive(Clone, Copy, Default)]
pub(crate) struct Input<'a> {
    pub(crate) body: &'a [u8],
    /// The signed bytes before the body.
    pub(crate) before: &'a [u8],
    /// The field of the body, or the member of the document, that contains the signature.
    pub(crate) signature: Option<&'a str>,
    /// The argument of the placeholder.
    pub(crate) argument: &'a str,
}

impl Input<'_> {
    /// Returns whether a field contains the signature, or is named in the argument.
    pub(crate) fn leaves_out(&self, field: &[u8]) -> bool {
        let named = self.argument.split(',').map(str::trim);
        let mut names = self.signature.into_iter().chain(named.filter(|_| !self.argument.is_empty()));
        names.any(|name| name.as_bytes() == field)
    }
}

impl Covers {
    /// Returns whether every byte of the body is covered.
    pub(crate) const fn is_body(self) -> bool {
        matches!(self, Self::Bytes | Self::Collidable)
    }
}

impl Needs {
    /// Returns whether the value is known only once the body is complete.
    pub(crate) const fn is_body(self) -> bool {
        matches!(self, Self::Body | Self::Form | Self::Json)
    }
}

impl Transform {
    /// Creates a row.
    pub(super) const fn new(
        name: &'static str,
        about: &'static str,
        needs: Needs,
        covers: Covers,
        shape: Shape,
        apply: Apply,
    ) -> Self {
        let (before, rest) = name.split_at(capitals(name.as_bytes(), false));
        let (argument, after) = rest.split_at(capitals(rest.as_bytes(), true));
        Self { name, before, argument, after, needs, covers, shape, apply, about }
    }

    /// Returns the argument in the name of a placeholder, if it is one of this row.
    pub(super) fn argument_in<'n>(&self, name: &'n str) -> Option<&'n str> {
        let argument = name.strip_prefix(self.before)?.strip_suffix(self.after)?;
        (self.argument.is_empty() == argument.is_empty()).then_some(argument)
    }
}

impl PartialEq for Transform {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Returns the number of bytes in front that are capitals, or that are none.
const fn capitals(mut name: &[u8], are_capitals: bool) -> usize {
    let mut number = 0;
    while let [first, rest @ ..] = name
        && first.is_ascii_uppercase() == are_capitals
    {
        (name, number) = (rest, number + 1);
    }
    number
}
