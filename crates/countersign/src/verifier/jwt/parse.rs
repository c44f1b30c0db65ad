use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::error::VerifyError;
use crate::work;

/// A parsed JWT in compact form (RFC 7515, section 7.1). Its content is unverified.
pub(super) struct CompactJwt<'t> {
    /// The header in its signed form.
    protected: &'t [u8],
    /// Header and payload in their signed form.
    message: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
    header: Map<String, Value>,
    /// Whether the payload is the body.
    detached: bool,
    /// Whether the payload is signed unencoded, without Base64 (RFC 7797).
    raw: bool,
}

impl<'t> CompactJwt<'t> {
    pub(super) fn parse(text: &'t [u8], detached: bool) -> Result<Self, VerifyError> {
        let mut parts = text.split(|byte| *byte == b'.');
        let (Some(protected), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("is not a JSON Web Token of three parts"));
        };
        if payload.is_empty() != detached {
            let reason = if detached { "has a payload, and the body is it" } else { "has no payload" };
            return Err(malformed(reason));
        }
        let message = text.get(..protected.len() + 1 + payload.len()).unwrap_or_default();
        if protected.len() > MOST_HEADER {
            return Err(malformed("the header of the JWT is longer than the limit"));
        }
        let header = decode(protected)?;
        // A member takes at least one byte of Base64.
        work::parts(header.len() / 4);
        let header: Map<String, Value> = serde_json::from_slice(&header)
            .map_err(|_| malformed("the header of the JWT is not a JSON object"))?;
        let raw = match header.get("b64") {
            None | Some(Value::Bool(true)) => false,
            Some(Value::Bool(false)) if detached => true,
            Some(_) => return Err(malformed("`b64` in the header of the JWT has an invalid value")),
        };
        let critical = match header.get("crit") {
            None => &[],
            Some(Value::Array(names)) if !names.is_empty() => names.as_slice(),
            Some(_) => return Err(malformed("`crit` in the header of the JWT is not a list of names")),
        };
        // RFC 7515, section 4.1.11: unknown critical parameters must be rejected. RFC 7797, section 6: `b64` is
        // critical.
        if critical.iter().any(|name| name != "b64") || raw && critical.is_empty() {
            return Err(malformed("the header of the JWT requires an unsupported extension"));
        }
        Ok(Self { protected, message, payload, signature, header, detached, raw })
    }

    /// Returns the algorithm that the JWT names.
    pub(super) fn algorithm(&self) -> Result<&str, VerifyError> {
        let name = self.header.get("alg").and_then(Value::as_str);
        name.ok_or(malformed("the header of the JWT names no algorithm"))
    }

    /// Returns the key that the JWT names.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// Returns a header parameter that is a string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// Returns whether the header has this parameter.
    pub(super) fn has(&self, name: &str) -> bool {
        self.header.get(name).is_some_and(|value| !value.is_null())
    }

    /// Returns the certificates that the JWT carries.
    pub(super) fn certificates(&self) -> Vec<&str> {
        let chain = self.header.get("x5c").and_then(Value::as_array);
        chain.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn signature(&self) -> Result<Vec<u8>, VerifyError> {
        decode(self.signature)
    }

    /// Returns the signed bytes.
    pub(super) fn message(&self, body: &[u8]) -> Cow<'t, [u8]> {
        work::read(if self.detached { body.len() } else { 0 });
        match (self.detached, self.raw) {
            (false, _) => Cow::Borrowed(self.message),
            (true, true) => Cow::Owned([self.protected, b".", body].concat()),
            (true, false) => {
                Cow::Owned([self.protected, b".", URL_SAFE_NO_PAD.encode(body).as_bytes()].concat())
            }
        }
    }

    /// Returns the claims, and the payload that they were read from. Without a payload they are in the header.
    pub(super) fn claims(self) -> Result<(Value, Vec<u8>), VerifyError> {
        if self.detached {
            return Ok((Value::Object(self.header), Vec::new()));
        }
        let payload = decode(self.payload)?;
        let claims: Map<String, Value> = serde_json::from_slice(&payload)
            .map_err(|_| malformed("the payload of the JWT is not a JSON object"))?;
        Ok((Value::Object(claims), payload))
    }
}

/// The longest header of a JWT, in bytes of Base64. It is parsed before any signature is checked, at a cost that
/// grows with its members. Headers with a chain of certificates have a few thousand bytes.
const MOST_HEADER: usize = 16 << 10;

fn decode(part: &[u8]) -> Result<Vec<u8>, VerifyError> {
    work::converted(part.len());
    URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed("a part of the JWT is not Base64 for URLs"))
}

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(header: &str, rest: &str) -> Vec<u8> {
        format!("{}{rest}", URL_SAFE_NO_PAD.encode(header)).into_bytes()
    }

    #[test]
    fn three_parts_are_taken_apart() {
        let text = jwt(r#"{"alg":"HS256","kid":"k"}"#, ".e30.AQI");
        let jwt = CompactJwt::parse(&text, false).unwrap();
        assert_eq!((jwt.algorithm().unwrap(), jwt.kid()), ("HS256", Some("k")));
        assert_eq!(jwt.signature().unwrap(), [1, 2]);
        assert_eq!(&*jwt.message(b"body"), text.strip_suffix(b".AQI").unwrap());
        assert_eq!(jwt.claims().unwrap(), (serde_json::json!({}), b"{}".to_vec()));
    }

    #[test]
    fn a_detached_payload_is_the_body_encoded_or_as_it_is() {
        let encoded = jwt(r#"{"alg":"RS256"}"#, "..AQI");
        let message = CompactJwt::parse(&encoded, true).unwrap().message(b"\xff?").into_owned();
        assert_eq!(message, [encoded.strip_suffix(b".AQI").unwrap(), b"_z8"].concat());
        let raw = jwt(r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#, "..AQI");
        let message = CompactJwt::parse(&raw, true).unwrap().message(b"\xff?").into_owned();
        assert_eq!(message, [raw.strip_suffix(b".AQI").unwrap(), b"\xff?"].concat());
    }

    #[test]
    fn what_is_no_jwt_is_malformed() {
        let header = r#"{"alg":"HS256"}"#;
        for text in [
            b"token".to_vec(),
            b"a.b".to_vec(),
            jwt(header, ".e30"),
            jwt(header, ".e30.AQI.AQI"),
            jwt(header, "..AQI"),
            jwt("[]", ".e30.AQI"),
            jwt("alg", ".e30.AQI"),
            b"e30=.e30.AQI".to_vec(),
            b"!.e30.AQI".to_vec(),
            jwt(r#"{"alg":"HS256","crit":["exp"]}"#, ".e30.AQI"),
            jwt(r#"{"alg":"HS256","crit":[]}"#, ".e30.AQI"),
            jwt(r#"{"alg":"HS256","crit":"b64"}"#, ".e30.AQI"),
            jwt(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, ".e30.AQI"),
        ] {
            let error = CompactJwt::parse(&text, false).err().unwrap();
            assert!(
                matches!(error, VerifyError::MalformedSignature { .. }),
                "{}",
                String::from_utf8_lossy(&text)
            );
        }
        for text in [
            jwt(header, ".e30.AQI"),
            jwt(r#"{"alg":"RS256","b64":false}"#, "..AQI"),
            jwt(r#"{"alg":"RS256","b64":0,"crit":["b64"]}"#, "..AQI"),
            jwt(r#"{"alg":"RS256","b64":false,"crit":["b64","exp"]}"#, "..AQI"),
        ] {
            assert!(CompactJwt::parse(&text, true).is_err(), "{}", String::from_utf8_lossy(&text));
        }
        let long = jwt(&format!(r#"{{"alg":"HS256","x":"{}"}}"#, "x".repeat(MOST_HEADER)), ".e30.AQI");
        assert!(CompactJwt::parse(&long, false).is_err());
        // Without the members' names and quotes, three bytes take four of Base64.
        let bytes = MOST_HEADER / 4 * 3 - r#"{"alg":"HS256","x":""}"#.len();
        let header = |bytes: usize| format!(r#"{{"alg":"HS256","x":"{}"}}"#, "x".repeat(bytes));
        assert!(CompactJwt::parse(&jwt(&header(bytes), ".e30.AQI"), false).is_ok());
        assert!(CompactJwt::parse(&jwt(&header(bytes + 1), ".e30.AQI"), false).is_err());
        let nothing = jwt("{}", ".e30.AQI");
        assert!(CompactJwt::parse(&nothing, false).unwrap().algorithm().is_err());
    }
}
