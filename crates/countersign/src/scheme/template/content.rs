use super::parse::{Part, invalid};
use crate::error::ConfigError;
use crate::scheme::Algorithm;

/// A parsed template. All of `before` and `after` is known from the head of the request, `body` is not.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) before: Vec<FixedPart>,
    pub(crate) body: Vec<BodyPart>,
    pub(crate) after: Vec<FixedPart>,
}

/// A part that is known before the body is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FixedPart {
    Literal(String),
    Id,
    Timestamp,
    Header(http::HeaderName),
    Method,
    Url,
    UrlWithoutQuery,
    Path,
    Query,
    Secret,
    Rare(RarePart),
    /// Parts that are left out together when one of them has no value.
    Group(Vec<FixedPart>),
}

/// A part that few schemes sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RarePart {
    MethodLower,
    UrlPlivo,
    QueryParameter(String),
    QueryCanonical,
    Target,
    TargetEncodedQuery,
    /// The headers that this header lists.
    Headers(http::HeaderName),
    SignatureItem(String),
    /// The item as a JSON string.
    SignatureItemJson(String),
    /// The values of the headers that this item of the signature field lists.
    ListedValues(String),
    /// The headers that this claim of the token's header lists.
    ClaimedHeaders(String),
    /// What the developer has to fill in.
    Parameter(String),
}

/// A part that is made from the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BodyPart {
    Raw,
    Sha256,
    Sha256Hex,
    Crc32,
    JsonString,
    JsonSorted,
    /// JSON as PHP writes it, without the member that is the signature.
    JsonPhp,
    /// Another part, in Base64.
    Base64(Box<BodyPart>),
    FormSorted,
    FormPlivo,
    FormPhp,
    /// The fields as sorted pairs, without the signature and those with these names.
    FormPairs(Vec<String>),
    Form(FormPart),
    Json(JsonPart),
    JsonLines(JsonLines),
    Literal(String),
}

/// The value of a form field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FormPart {
    pub(crate) name: String,
    pub(crate) excluded: Excluded,
}

/// A scalar of a JSON body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct JsonPart {
    /// The steps of the pointer.
    pub(crate) path: Vec<String>,
    /// Whether it may be missing.
    pub(crate) optional: bool,
    /// Whether the value may hold the separator.
    pub(crate) is_free: bool,
    pub(crate) excluded: Excluded,
}

/// Members of a JSON body, one line with the name and one with the value each.
pub(crate) type JsonLines = Vec<JsonPart>;

/// Literals beside a value, which it must not hold. Empty where there is no such rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Excluded {
    pub(crate) end: Vec<u8>,
    pub(crate) start: Vec<u8>,
}

impl BodyPart {
    /// The part that is encoded, or the part itself.
    pub(crate) fn inner(&self) -> &Self {
        match self {
            Self::Base64(inner) => inner,
            part => part,
        }
    }

    /// Whether it covers all bytes of the body.
    pub(crate) fn is_whole_body(&self) -> bool {
        matches!(self.inner(), Self::Raw | Self::Sha256 | Self::Sha256Hex | Self::JsonString)
    }
}

impl Content {
    /// Whether the body is hashed as it is, so that hashing can start before it has arrived.
    pub(crate) fn streams(&self) -> bool {
        matches!(self.body.as_slice(), [] | [BodyPart::Raw])
    }

    /// Whether the signature covers all bytes of the body.
    pub(crate) fn covers_body(&self) -> bool {
        self.body.iter().any(BodyPart::is_whole_body)
    }

    /// All parts that are known from the head, in order, those in groups included.
    pub(crate) fn fixed(&self) -> impl Iterator<Item = &FixedPart> {
        self.before.iter().chain(&self.after).flat_map(|part| match part {
            FixedPart::Group(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        })
    }

    /// The item of the signature field that lists headers whose values are signed.
    pub(crate) fn header_list(&self) -> Option<&str> {
        self.fixed().find_map(|part| match part {
            FixedPart::Rare(RarePart::ListedValues(tag)) => Some(tag.as_str()),
            _ => None,
        })
    }

    /// Whether other items of the signature field are signed.
    pub(crate) fn has_signature_item(&self) -> bool {
        self.fixed().any(|part| {
            matches!(part, FixedPart::Rare(RarePart::SignatureItem(_) | RarePart::ListedValues(_)))
        })
    }

    /// The claim of a token that lists headers whose values are signed.
    #[cfg(feature = "jwt")]
    pub(crate) fn claimed_list(&self) -> Option<&str> {
        self.fixed().find_map(|part| match part {
            FixedPart::Rare(RarePart::ClaimedHeaders(claim)) => Some(claim.as_str()),
            _ => None,
        })
    }

    /// Whether more can be appended to the content without the secret, and the new digest is known all the same: plain
    /// hashes tell their state, unless the secret is the last that goes in.
    pub(crate) fn can_be_continued(&self, algorithm: Algorithm) -> bool {
        let is_constant = |part: &&FixedPart| matches!(part, FixedPart::Literal(_));
        let last = self.after.iter().rev().find(|part| !is_constant(part));
        algorithm.takes_secret_in_content() && last != Some(&FixedPart::Secret)
    }

    /// Whether a form is what the body has to be.
    pub(crate) fn needs_form(&self) -> bool {
        let form = |part: &BodyPart| {
            matches!(part, BodyPart::Form(_) | BodyPart::FormSorted | BodyPart::FormPlivo)
                || matches!(part, BodyPart::FormPhp | BodyPart::FormPairs(_))
        };
        self.body.iter().map(BodyPart::inner).any(form)
    }

    /// Whether a part may be left out.
    pub(crate) fn has_group(&self) -> bool {
        self.before.iter().chain(&self.after).any(|part| matches!(part, FixedPart::Group(_)))
    }

    /// Whether single values of a JSON body are signed, and others may be changed.
    pub(crate) fn is_partial(&self) -> bool {
        let partial =
            |part: &BodyPart| matches!(part, BodyPart::Json(_) | BodyPart::JsonLines(_) | BodyPart::Crc32);
        self.body.iter().any(partial)
    }

    /// Whether multipart/form-data is as good as a form: single fields are signed.
    pub(crate) fn takes_multipart(&self) -> bool {
        self.body.iter().all(|part| matches!(part, BodyPart::Form(_) | BodyPart::Literal(_)))
    }

    /// Whether nothing is signed.
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.body.is_empty() && self.after.is_empty()
    }

    /// Whether a JSON document is what the body has to be.
    pub(crate) fn needs_json(&self) -> bool {
        self.body.iter().any(|part| matches!(part, BodyPart::Json(_) | BodyPart::JsonLines(_)))
    }

    pub(super) fn push(&mut self, part: Part) -> Result<(), ConfigError> {
        match part {
            Part::Body(part) => {
                // What stood between two body parts has to be a literal: it is rendered with them.
                for between in self.after.drain(..) {
                    let FixedPart::Literal(literal) = between else {
                        return Err(invalid("only literal text may stand between two parts of the body"));
                    };
                    self.body.push(BodyPart::Literal(literal));
                }
                self.body.push(part);
            }
            Part::Fixed(part) if self.body.is_empty() => self.before.push(part),
            Part::Fixed(part) => self.after.push(part),
        }
        Ok(())
    }
}
