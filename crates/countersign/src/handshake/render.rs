use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use zeroize::Zeroizing;

use super::body_kind::BodyKind;
use super::steps::Step;
use super::template::{Function, Operand, Piece};
use super::{AnswerFormat, Place, Trust};
use crate::form;
use crate::json::lookup;
use crate::mac::{self, Key};
use crate::secret::Secret;

/// Values of a request outside its body. `Debug` shows places only.
#[derive(Clone)]
pub(crate) struct Values {
    pub(super) head: Vec<(Place, Option<String>)>,
    pub(super) body_kind: BodyKind,
}

impl Values {
    /// Returns the value at this place of the head or of the body.
    pub(crate) fn get<'v>(&'v self, place: &Place, body: &'v [u8]) -> Option<Cow<'v, str>> {
        match place {
            Place::Json(_) | Place::Form(_) if !self.can_be_in(place, body) => None,
            Place::Json(pointer) => {
                let [found] = lookup(body, [Some(&pointer.tokens())]);
                found.map(|found| Cow::Owned(found.as_str(body).to_owned()))
            }
            Place::Form(name) => form::field(body, name).map(Cow::Owned),
            Place::FirstOf(places) => {
                places.iter().find_map(|place| self.get(place, body).filter(|value| !value.is_empty()))
            }
            Place::Query(_) | Place::Header(_) | Place::Path => {
                let (_, value) = self.head.iter().find(|(at, _)| at == place)?;
                value.as_deref().map(Cow::Borrowed)
            }
        }
    }
}

impl Values {
    /// Returns whether the body is of the kind that this place belongs to.
    fn can_be_in(&self, place: &Place, body: &[u8]) -> bool {
        match place {
            Place::Json(_) => self.body_kind.has_members(body),
            Place::Form(_) => self.body_kind.has_fields(body),
            Place::FirstOf(places) => places.iter().any(|place| self.can_be_in(place, body)),
            Place::Query(_) | Place::Header(_) | Place::Path => true,
        }
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.head.iter().map(|(place, _)| place)).finish()
    }
}

/// The inputs of an answer besides the request.
pub(crate) struct AnswerInputs<'a> {
    pub(crate) key: Option<&'a Key>,
    pub(crate) tokens: &'a [Secret],
    /// The public URL, without its query.
    pub(crate) url: Option<&'a str>,
    pub(crate) settings: &'a [(String, String)],
}

/// The reason for not answering a handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RenderError {
    Missing,
    TooLong,
    NotAChallenge,
    NotAHeader,
}

impl Step {
    /// Returns whether the remaining conditions hold for this body. Conditions on form fields hold in forms only,
    /// conditions on JSON values in other bodies only.
    pub(crate) fn is_in(&self, body: &[u8], values: &Values) -> bool {
        let conditions = || self.handshake.when.iter().filter(|condition| condition.place().is_in_body());
        conditions().all(|condition| values.can_be_in(condition.place(), body))
            && conditions().all(|condition| condition.may_hold_in(body))
            && conditions().all(|condition| condition.holds(values.get(condition.place(), body).as_deref()))
    }

    /// Returns whether all inputs of the answer besides the request are available.
    pub(crate) fn is_possible(&self, inputs: &AnswerInputs<'_>) -> bool {
        self.pieces().all(|piece| match piece {
            Piece::Literal(_) => true,
            Piece::Value { of, by } => {
                (!by.needs_secret() || inputs.key.is_some())
                    && of.iter().all(|operand| match operand {
                        Operand::At(_) => true,
                        other => inputs.value(other).is_some(),
                    })
            }
        })
    }

    /// Returns whether the secret of the endpoint is needed before anything is verified: for the answer, or because
    /// the request issues it.
    pub(crate) fn needs_secrets(&self) -> bool {
        let in_answer = |piece: &Piece| match piece {
            Piece::Literal(_) => false,
            Piece::Value { of, by } => by.needs_secret() || of.contains(&Operand::Key),
        };
        match self.handshake.trust {
            Trust::Signed => false,
            Trust::IssuesSecret(_) => true,
            _ => self.pieces().any(in_answer),
        }
    }

    /// Returns whether a verify token is needed.
    pub(crate) fn uses_verify_token(&self) -> bool {
        matches!(self.handshake.trust, Trust::VerifyToken(_))
            || self.operands().any(|of| *of == Operand::VerifyToken)
    }

    /// Returns the configured texts of which the answer contains a digest, each with the name of its option. Adjacent
    /// ones are joined, as in the digest.
    pub(crate) fn digested(
        &self,
        tokens: &[Secret],
        settings: &[(String, String)],
    ) -> Vec<(String, Zeroizing<String>)> {
        let mut found = Vec::new();
        for token in tokens.iter().map(Some).chain(tokens.is_empty().then_some(None)) {
            let inputs = AnswerInputs {
                key: None,
                tokens: token.map(std::slice::from_ref).unwrap_or_default(),
                url: None,
                settings,
            };
            for run in self.digests().flat_map(|of| of.split(|operand| !operand.is_kept())) {
                let Some(first) = run.first() else { continue };
                let values: Option<Vec<&str>> = run.iter().map(|operand| inputs.value(operand)).collect();
                found.extend(values.map(|values| (first.option(), Zeroizing::new(values.concat()))));
            }
        }
        found
    }

    /// Returns whether the answer uses this setting.
    pub(crate) fn uses_setting(&self, name: &str) -> bool {
        self.operands().any(|of| matches!(of, Operand::Setting(setting, _) if setting == name))
    }

    fn operands(&self) -> impl Iterator<Item = &Operand> {
        self.pieces().flat_map(|piece| match piece {
            Piece::Literal(_) => &[],
            Piece::Value { of, .. } => of.as_slice(),
        })
    }

    /// Returns the answer.
    pub(crate) fn render(
        &self,
        values: &Values,
        body: &[u8],
        inputs: &AnswerInputs<'_>,
    ) -> Result<Response<Bytes>, RenderError> {
        let render =
            |pieces: &[Piece], escape| Rendering { step: self, values, body, inputs, escape }.all(pieces);
        let text = render(&self.body, self.format == AnswerFormat::Json)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(render(value, false)?).map_err(|_| RenderError::NotAHeader)?;
            headers.append(name, value);
        }
        if !text.is_empty() {
            headers.insert(header::CONTENT_TYPE, self.format.content_type());
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
        }
        *response.body_mut() = Bytes::from(text);
        Ok(response)
    }
}

impl AnswerInputs<'_> {
    fn value<'v>(&'v self, operand: &'v Operand) -> Option<&'v str> {
        match operand {
            Operand::At(_) => None,
            Operand::VerifyToken => self.tokens.first().map(Secret::expose_secret),
            Operand::Url => self.url,
            Operand::Key => self.key.map(Key::id).filter(|id| !id.is_empty()),
            Operand::Setting(name, default) => {
                let set = self.settings.iter().find(|(setting, _)| setting == name);
                set.map(|(_, value)| value.as_str()).or(default.as_deref())
            }
        }
    }
}

struct Rendering<'a> {
    step: &'a Step,
    values: &'a Values,
    body: &'a [u8],
    inputs: &'a AnswerInputs<'a>,
    escape: bool,
}

impl Rendering<'_> {
    fn all(&self, pieces: &[Piece]) -> Result<String, RenderError> {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Value { of, by } => {
                    let value = self.compute(*by, of)?;
                    if self.escape { escape_into(&mut text, &value) } else { text.push_str(&value) }
                }
            }
        }
        Ok(text)
    }

    fn operands<'o>(&self, of: impl Iterator<Item = &'o Operand>) -> Result<String, RenderError> {
        let mut content = String::new();
        for operand in of {
            let value = match operand {
                Operand::At(place) => {
                    let value = self.values.get(place, self.body).ok_or(RenderError::Missing)?;
                    if value.len() > LONGEST {
                        return Err(RenderError::TooLong);
                    }
                    value
                }
                other => Cow::Borrowed(self.inputs.value(other).ok_or(RenderError::Missing)?),
            };
            content.push_str(&value);
        }
        Ok(content)
    }

    fn compute(&self, by: Function, of: &[Operand]) -> Result<String, RenderError> {
        let content = self.operands(of.iter())?;
        let content = content.as_bytes();
        if let Some(form) = &self.step.challenge {
            let is_one = match by {
                Function::AsItIs => true,
                // The configured values take the place of the secret, which is not part of the compared content.
                Function::Sha256Hex if self.step.bounds_digests && of.iter().any(Operand::is_kept) => {
                    form.matches(self.operands(of.iter().filter(|operand| !operand.is_kept()))?.as_bytes())
                }
                Function::Sha256Hex => true,
                Function::HmacSha256Hex | Function::HmacSha256Base64 | Function::HmacSha1Hex => {
                    form.matches(content)
                }
            };
            if !is_one {
                return Err(RenderError::NotAChallenge);
            }
        }
        let key = || self.inputs.key.map(Key::bytes).ok_or(RenderError::Missing);
        let computed = match by {
            Function::AsItIs => return Ok(String::from_utf8_lossy(content).into_owned()),
            Function::HmacSha256Hex => mac::hmac_sha256_hex(key()?, content),
            Function::HmacSha256Base64 => mac::hmac_sha256_base64(key()?, content),
            Function::HmacSha1Hex => mac::hmac_sha1_hex(key()?, content),
            Function::Sha256Hex => Some(mac::sha256_hex(content)),
        };
        computed.ok_or(RenderError::Missing)
    }
}

impl AnswerFormat {
    const fn content_type(self) -> HeaderValue {
        match self {
            Self::Text => HeaderValue::from_static("text/plain"),
            Self::Json => HeaderValue::from_static("application/json"),
        }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "a value of the answer is missing",
            Self::TooLong => "a value of the answer is longer than 1 KiB",
            Self::NotAChallenge => "the challenge does not match the pattern `challenge` of its declaration",
            Self::NotAHeader => "a value of the answer cannot stand in a header",
        })
    }
}

/// Escapes the value for use between the quotes of a JSON string.
fn escape_into(text: &mut String, value: &str) {
    let quoted = serde_json::Value::from(value).to_string();
    text.push_str(quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default());
}

const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
/// The largest size of a request's value in an answer, so that the endpoint does not amplify traffic. The longest
/// known one, a token of Microsoft Graph, has less than 200 bytes.
const LONGEST: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_only_in_a_body_of_the_kind_that_its_place_is_in() {
        let (json, form) = (br#"{"c":"x"}"#.as_slice(), b"c=x".as_slice());
        for (place, body_kind, body, expected) in [
            ("json:/c", BodyKind::Other, json, Some("x")),
            ("json:/c", BodyKind::Unknown, json, Some("x")),
            ("json:/c", BodyKind::Form, json, None),
            ("form:c", BodyKind::Form, form, Some("x")),
            ("form:c", BodyKind::Unknown, form, Some("x")),
            ("form:c", BodyKind::Other, form, None),
            ("json:/a|/c", BodyKind::Other, json, Some("x")),
            ("json:/a|/c", BodyKind::Other, br#"{"c":"x","a":"y"}"#, Some("y")),
            ("json:/a|/c", BodyKind::Other, br#"{"c":"x","a":""}"#, Some("x")),
            ("json:/a|/c", BodyKind::Other, br#"{"c":"","a":""}"#, None),
        ] {
            let values = Values { head: Vec::new(), body_kind };
            let place = Place::try_from(place.to_owned()).unwrap();
            assert_eq!(values.get(&place, body).as_deref(), expected, "{place:?} {body_kind:?}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_made_says_why() {
        for (error, word) in [
            (RenderError::Missing, "missing"),
            (RenderError::TooLong, "longer than 1 KiB"),
            (RenderError::NotAChallenge, "pattern `challenge`"),
            (RenderError::NotAHeader, "header"),
        ] {
            assert!(error.to_string().contains(word), "{error:?}: {error}");
        }
    }
}
