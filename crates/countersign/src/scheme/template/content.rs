use crate::scheme::algorithm::Algorithm;

/// A parsed template. All of `before` and `after` is known from the head of the request; `body` is not.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) before: Vec<FixedPart>,
    pub(crate) body: Vec<BodyPart>,
    pub(crate) after: Vec<FixedPart>,
}

/// A part that is known before the body.
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
    /// Parts that are omitted together if one of them has no value.
    Group(Vec<FixedPart>),
}

/// A part that few schemes sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RarePart {
    MethodLower,
    UrlSortedQuery,
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
    /// The headers that this claim in the token's header lists.
    ClaimedHeaders(String),
    /// A parameter that the developer must set.
    Parameter(String),
}

impl RarePart {
    /// Returns whether the part contains every parameter of the query.
    pub(crate) const fn has_whole_query(&self) -> bool {
        matches!(self, Self::UrlSortedQuery | Self::Target | Self::TargetEncodedQuery | Self::QueryCanonical)
    }
}

/// A part that is derived from the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BodyPart {
    Raw,
    Sha256,
    Sha256Hex,
    Crc32,
    JsonString,
    JsonSorted,
    /// JSON in PHP's form, without the member that contains the signature.
    JsonPhp,
    /// Another part in Base64.
    Base64(Box<BodyPart>),
    FormSorted,
    FormSortedAfterUrl,
    FormPhp,
    /// The fields as sorted pairs, without the signature and the named fields.
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
    /// The value may be absent.
    pub(crate) optional: bool,
    /// The value may contain the separator.
    pub(crate) is_free: bool,
    pub(crate) excluded: Excluded,
}

/// Members of a JSON body, each as a line with its name and a line with its value.
pub(crate) type JsonLines = Vec<JsonPart>;

/// Literals next to a value, which the value must not contain. Empty if there is no such rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Excluded {
    pub(crate) end: Vec<u8>,
    pub(crate) start: Vec<u8>,
}

impl BodyPart {
    /// Returns the encoded part, or the part itself.
    pub(crate) fn inner(&self) -> &Self {
        match self {
            Self::Base64(inner) => inner,
            part => part,
        }
    }

    /// Returns whether the part covers all bytes of the body.
    pub(crate) fn is_whole_body(&self) -> bool {
        matches!(self.inner(), Self::Raw | Self::Sha256 | Self::Sha256Hex | Self::JsonString)
    }
}

impl Content {
    /// Returns whether the body is hashed unchanged, so that hashing can start before it is complete.
    pub(crate) fn streams(&self) -> bool {
        matches!(self.body.as_slice(), [] | [BodyPart::Raw])
    }

    /// Returns whether the signature covers all bytes of the body.
    pub(crate) fn covers_body(&self) -> bool {
        self.body.iter().any(BodyPart::is_whole_body)
    }

    /// Returns all parts that are known from the head, in order, including those in groups.
    pub(crate) fn fixed(&self) -> impl Iterator<Item = &FixedPart> {
        self.before.iter().chain(&self.after).flat_map(|part| match part {
            FixedPart::Group(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        })
    }

    /// Returns the item of the signature field that lists headers whose values are signed.
    pub(crate) fn header_list(&self) -> Option<&str> {
        self.fixed().find_map(|part| match part {
            FixedPart::Rare(RarePart::ListedValues(tag)) => Some(tag.as_str()),
            _ => None,
        })
    }

    /// Returns whether other items of the signature field are signed.
    pub(crate) fn has_signature_item(&self) -> bool {
        self.fixed().any(|part| {
            matches!(part, FixedPart::Rare(RarePart::SignatureItem(_) | RarePart::ListedValues(_)))
        })
    }

    /// Returns the claim of a token that lists headers whose values are signed.
    pub(crate) fn claimed_list(&self) -> Option<&str> {
        self.fixed().find_map(|part| match part {
            FixedPart::Rare(RarePart::ClaimedHeaders(claim)) => Some(claim.as_str()),
            _ => None,
        })
    }

    /// Returns whether the content can be extended without the secret (length extension): plain hashes reveal their
    /// state, unless the secret is hashed last.
    pub(crate) fn can_be_continued(&self, algorithm: Algorithm) -> bool {
        let is_constant = |part: &&FixedPart| matches!(part, FixedPart::Literal(_));
        let last = self.after.iter().rev().find(|part| !is_constant(part));
        algorithm.takes_secret_in_content() && last != Some(&FixedPart::Secret)
    }

    /// Returns whether the body must be a form.
    pub(crate) fn needs_form(&self) -> bool {
        let form = |part: &BodyPart| {
            matches!(part, BodyPart::Form(_) | BodyPart::FormSorted | BodyPart::FormSortedAfterUrl)
                || matches!(part, BodyPart::FormPhp | BodyPart::FormPairs(_))
        };
        self.body.iter().map(BodyPart::inner).any(form)
    }

    /// Returns whether a part may be omitted.
    pub(crate) fn has_group(&self) -> bool {
        self.before.iter().chain(&self.after).any(|part| matches!(part, FixedPart::Group(_)))
    }

    /// Returns whether only single values of a JSON body are signed, so that others may be changed.
    pub(crate) fn is_partial(&self) -> bool {
        let partial =
            |part: &BodyPart| matches!(part, BodyPart::Json(_) | BodyPart::JsonLines(_) | BodyPart::Crc32);
        self.body.iter().any(partial)
    }

    /// Returns whether multipart/form-data is accepted as a form: single fields are signed.
    pub(crate) fn takes_multipart(&self) -> bool {
        self.body.iter().all(|part| matches!(part, BodyPart::Form(_) | BodyPart::Literal(_)))
    }

    /// Returns whether nothing is signed.
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.body.is_empty() && self.after.is_empty()
    }

    /// Returns whether the body must be a JSON document.
    pub(crate) fn needs_json(&self) -> bool {
        self.body.iter().any(|part| matches!(part, BodyPart::Json(_) | BodyPart::JsonLines(_)))
    }
}
