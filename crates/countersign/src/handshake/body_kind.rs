use crate::head::Headers;

/// The kind of a body by the `Content-Type` of its request. It decides which conditions can hold in the body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum BodyKind {
    /// `application/x-www-form-urlencoded` or `multipart/form-data`.
    Form,
    /// Any other type: JSON, as far as handshakes are concerned.
    Other,
    /// No `Content-Type` is present: the form of the body decides.
    #[default]
    Unknown,
}

impl BodyKind {
    pub(super) fn of<H: Headers>(headers: &H) -> Self {
        let mut kind = Self::Unknown;
        headers.for_each(|name, value| {
            if name == "content-type" && kind == Self::Unknown {
                kind = if is_form(value) { Self::Form } else { Self::Other };
            }
        });
        kind
    }

    /// Returns whether this body can contain form fields.
    pub(super) fn has_fields(self, body: &[u8]) -> bool {
        match self {
            Self::Form => true,
            Self::Other => false,
            Self::Unknown => !looks_like_json(body),
        }
    }

    /// Returns whether this body can contain members of a JSON value.
    pub(super) fn has_members(self, body: &[u8]) -> bool {
        match self {
            Self::Form => false,
            Self::Other => true,
            Self::Unknown => body.is_empty() || looks_like_json(body),
        }
    }
}

fn is_form(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let forms: [&[u8]; 2] = [b"application/x-www-form-urlencoded", b"multipart/form-data"];
    forms.iter().any(|form| essence.eq_ignore_ascii_case(form))
}

fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start(), [b'{' | b'[', ..])
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn the_content_type_decides_and_without_one_the_body() {
        let kind = |value: &str| {
            let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, value.parse().unwrap())]);
            BodyKind::of(&headers)
        };
        assert_eq!(kind("application/x-www-form-urlencoded; charset=UTF-8"), BodyKind::Form);
        assert_eq!(kind("Multipart/Form-Data;boundary=x"), BodyKind::Form);
        assert_eq!(kind("application/json"), BodyKind::Other);
        assert_eq!(BodyKind::of(&HeaderMap::new()), BodyKind::Unknown);
        let accepts = HeaderMap::from_iter([(http::header::ACCEPT, "multipart/form-data".parse().unwrap())]);
        assert_eq!(BodyKind::of(&accepts), BodyKind::Unknown, "another header says nothing of the body");
        let mut two = HeaderMap::new();
        two.append(http::header::CONTENT_TYPE, "application/json".parse().unwrap());
        two.append(http::header::CONTENT_TYPE, "multipart/form-data".parse().unwrap());
        assert_eq!(BodyKind::of(&two), BodyKind::Other, "the first of two decides");
        let both = |kind: BodyKind, body: &[u8]| (kind.has_fields(body), kind.has_members(body));
        assert_eq!(both(BodyKind::Form, b"{}"), (true, false));
        assert_eq!(both(BodyKind::Other, b"a=b"), (false, true));
        assert_eq!(both(BodyKind::Unknown, b" {\"a\":\"&b=c\"}"), (false, true));
        assert_eq!(both(BodyKind::Unknown, b"a=b"), (true, false));
        assert_eq!(both(BodyKind::Unknown, b""), (true, true));
    }
}
