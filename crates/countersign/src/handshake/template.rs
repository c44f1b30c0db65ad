use super::Place;
use crate::error::ConfigError;
use crate::scheme::braces;

/// A piece of an answer.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Literal(String),
    Value { of: Vec<Operand>, by: Function },
}

/// The function applied to a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Function {
    AsItIs,
    HmacSha256Hex,
    HmacSha256Base64,
    HmacSha1Hex,
    Sha256Hex,
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    At(Place),
    VerifyToken,
    Url,
    /// The name that precedes the key in the secret.
    Key,
    /// The name of a setting, and its default.
    Setting(String, Option<String>),
}

impl Operand {
    /// Returns whether the value is configured and kept secret: it could also be the secret of deliveries.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::VerifyToken | Self::Setting(..))
    }

    /// Returns the name of the option that sets the value.
    pub(super) fn option(&self) -> String {
        match self {
            Self::Setting(name, _) => format!("handshakes.setting.{name}"),
            _ => "handshakes.verify_token".to_owned(),
        }
    }

    /// Returns the place if the sender chooses its value. The path of the public URL is that of the request.
    pub(super) const fn choice(&self) -> Option<&Place> {
        match self {
            Self::At(place) => Some(place),
            Self::Url => Some(&Place::Path),
            Self::VerifyToken | Self::Key | Self::Setting(..) => None,
        }
    }
}

impl Function {
    pub(super) const fn needs_secret(self) -> bool {
        !matches!(self, Self::AsItIs | Self::Sha256Hex)
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "hmac-sha256-hex" => Self::HmacSha256Hex,
            "hmac-sha256-base64" => Self::HmacSha256Base64,
            "hmac-sha1-hex" => Self::HmacSha1Hex,
            "sha256-hex" => Self::Sha256Hex,
            _ => return None,
        })
    }
}

/// Parses a template.
pub(super) fn parse(template: &str, field: &str) -> Result<Vec<Piece>, ConfigError> {
    let (mut pieces, mut literal) = (Vec::new(), String::new());
    let mut rest = braces::literal(template, &mut literal);
    while !rest.is_empty() {
        let (name, after) = braces::placeholder(rest).map_err(|problem| ConfigError::new(field, problem))?;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(value(name, field)?);
        rest = braces::literal(after, &mut literal);
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

fn value(name: &str, field: &str) -> Result<Piece, ConfigError> {
    let function = name.split_once(':').and_then(|(word, of)| Some((Function::named(word)?, of)));
    let Some((by, of)) = function else {
        let of = operand(name, field)?;
        if matches!(of, Operand::VerifyToken | Operand::Url) {
            return Err(ConfigError::new(field, format!("`{name}` may only be hashed")));
        }
        return Ok(Piece::Value { of: vec![of], by: Function::AsItIs });
    };
    let of = of.split('+').map(|name| operand(name, field)).collect::<Result<_, _>>()?;
    Ok(Piece::Value { of, by })
}

fn operand(name: &str, field: &str) -> Result<Operand, ConfigError> {
    match (name, name.strip_prefix("setting:")) {
        ("verify-token", _) => Ok(Operand::VerifyToken),
        ("url", _) => Ok(Operand::Url),
        ("key", _) => Ok(Operand::Key),
        (_, Some("")) => Err(ConfigError::new(field, "nothing stands after `setting:`")),
        (_, Some(setting)) => Ok(match setting.split_once('|') {
            Some((name, default)) => Operand::Setting(name.to_owned(), Some(default.to_owned())),
            None => Operand::Setting(setting.to_owned(), None),
        }),
        _ => {
            let place =
                Place::try_from(name.to_owned()).map_err(|problem| ConfigError::new(field, problem))?;
            place.check(field)?;
            Ok(Operand::At(place))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_literals_are_told_apart() {
        let pieces = parse(r#"{{"a":"{query:b}"}}"#, "body").unwrap();
        let value = Piece::Value { of: vec![Operand::At(Place::query("b"))], by: Function::AsItIs };
        assert_eq!(pieces, [Piece::Literal(r#"{"a":""#.into()), value, Piece::Literal(r#""}"#.into())]);
    }

    #[test]
    fn a_hash_may_be_of_several_values() {
        let pieces = parse("{sha256-hex:query:code+verify-token+url+setting:a}", "body").unwrap();
        let of = vec![
            Operand::At(Place::query("code")),
            Operand::VerifyToken,
            Operand::Url,
            Operand::Setting("a".into(), None),
        ];
        assert_eq!(pieces, [Piece::Value { of, by: Function::Sha256Hex }]);
    }

    #[test]
    fn mistakes_are_named() {
        for template in [
            "{",
            "}",
            "{challenge}",
            "{md5:query:a}",
            "{verify-token}",
            "{token}",
            "{url}",
            "{setting:}",
            "{header:A}",
        ] {
            assert_eq!(parse(template, "body").unwrap_err().field(), "body", "{template}");
        }
    }
}
