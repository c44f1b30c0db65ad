//! Formats parts as they are written in a template, for messages.

use super::content::{BodyPart, FixedPart, JsonPart, RarePart};

impl FixedPart {
    /// Returns the part as it is written in a template.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Literal(literal) => literal.clone(),
            Self::Id => "{id}".to_owned(),
            Self::Timestamp => "{timestamp}".to_owned(),
            Self::Header(name) => format!("{{header:{name}}}"),
            Self::Method => "{method}".to_owned(),
            Self::Url => "{url}".to_owned(),
            Self::UrlWithoutQuery => "{url_without_query}".to_owned(),
            Self::Path => "{path}".to_owned(),
            Self::Query => "{query}".to_owned(),
            Self::Secret => "{secret}".to_owned(),
            Self::Rare(rare) => rare.written(),
            Self::Group(parts) => format!("{{?{}?}}", parts.iter().map(Self::written).collect::<String>()),
        }
    }
}

impl RarePart {
    fn written(&self) -> String {
        match self {
            Self::MethodLower => "{method:lower}".to_owned(),
            Self::UrlSortedQuery => "{url:sorted-query}".to_owned(),
            Self::QueryParameter(name) => format!("{{query:{name}}}"),
            Self::QueryCanonical => "{query:canonical}".to_owned(),
            Self::Target => "{target}".to_owned(),
            Self::TargetEncodedQuery => "{target:encoded-query}".to_owned(),
            Self::Headers(name) => format!("{{headers:{name}}}"),
            Self::SignatureItem(tag) => format!("{{sig:{tag}}}"),
            Self::SignatureItemJson(tag) => format!("{{sig:{tag}:json-string}}"),
            Self::ListedValues(tag) => format!("{{headers:sig:{tag}}}"),
            Self::ClaimedHeaders(claim) => format!("{{headers:claim:{claim}}}"),
            Self::Parameter(name) => format!("{{param:{name}}}"),
        }
    }
}

impl BodyPart {
    /// Returns the part as it is written in a template.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Raw => "{body}".to_owned(),
            Self::Sha256 => "{body:sha256}".to_owned(),
            Self::Sha256Hex => "{body:sha256-hex}".to_owned(),
            Self::Crc32 => "{body:crc32}".to_owned(),
            Self::JsonString => "{body:json-string}".to_owned(),
            Self::JsonSorted => "{body:json-sorted}".to_owned(),
            Self::JsonPhp => "{body:json-php}".to_owned(),
            Self::Base64(inner) => inner.written().replacen('{', "{base64:", 1),
            Self::FormSorted => "{form:sorted}".to_owned(),
            Self::FormSortedAfterUrl => "{form:sorted-after-url}".to_owned(),
            Self::FormPhp => "{form:php-serialize}".to_owned(),
            Self::FormPairs(without) if without.is_empty() => "{form:pairs}".to_owned(),
            Self::FormPairs(without) => format!("{{form:pairs-without:{}}}", without.join(",")),
            Self::Form(field) => format!("{{form:{}}}", field.name),
            Self::Json(json) => {
                let pointer: String = json.path.iter().map(|step| format!("/{step}")).collect();
                format!("{{json:{}{pointer}}}", json.marks())
            }
            Self::JsonLines(lines) => {
                let members = lines.iter().map(|line| line.path.join("/") + &line.marks());
                format!("{{json-lines:{}}}", members.collect::<Vec<_>>().join(","))
            }
            Self::Literal(literal) => literal.clone(),
        }
    }

    /// Sets the literals that the value must not contain, if it is subject to that rule.
    pub(crate) fn exclude(&mut self, end: &[u8], start: &[u8]) {
        let excluded = match self {
            Self::Form(field) => &mut field.excluded,
            Self::Json(json) => &mut json.excluded,
            _ => return,
        };
        excluded.end = end.to_vec();
        excluded.start = start.to_vec();
    }
}

impl JsonPart {
    fn marks(&self) -> String {
        [(self.optional, "?"), (self.is_free, "*")]
            .iter()
            .filter_map(|(is, mark)| is.then_some(*mark))
            .collect()
    }
}
