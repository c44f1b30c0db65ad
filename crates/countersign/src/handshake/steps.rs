use std::collections::HashSet;

use http::{HeaderName, StatusCode, header};
use serde::de::IgnoredAny;

use super::template::{Function, Operand, Piece, parse};
use super::{AnswerFormat, AnswerHeader, Handshake, Matcher, Method, Place, Trust};
use crate::error::ConfigError;

/// The handshakes of a provider that are answered here, checked and compiled.
#[derive(Debug)]
pub(crate) struct Steps {
    steps: Vec<Step>,
    /// The headers that any of them reads.
    pub(super) headers: HashSet<String>,
}

/// A compiled handshake.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) handshake: Handshake,
    /// The form of the text that an HMAC in the answer is computed over.
    pub(super) challenge: Option<Matcher>,
    /// Whether the sender's part of a digest must have that form, too: deliveries are signed with such digests.
    pub(super) bounds_digests: bool,
    /// Whether a verified request may be this handshake: the signature covers the values that identify it.
    pub(crate) is_signed: bool,
    /// Whether any of its values is in the body.
    pub(crate) waits_for_body: bool,
    /// The places outside the body.
    pub(super) head: Vec<Place>,
    pub(super) status: StatusCode,
    pub(crate) refused: StatusCode,
    pub(super) headers: Vec<(HeaderName, Vec<Piece>)>,
    pub(super) format: AnswerFormat,
    pub(super) body: Vec<Piece>,
}

impl Steps {
    /// Compiles the handshakes. Returns `None` if there is nothing to answer.
    pub(crate) fn new(handshakes: &[Handshake]) -> Result<Option<Self>, ConfigError> {
        let mut names = HashSet::new();
        let mut steps = Vec::new();
        for (index, handshake) in handshakes.iter().enumerate() {
            let within = |error: ConfigError| error.within(&format!("handshakes[{index}]"));
            if handshake.name.is_empty() || !names.insert(&*handshake.name) {
                return Err(within(ConfigError::new("name", "is empty, or that of another handshake")));
            }
            steps.extend(Step::new(handshake).map_err(within)?);
        }
        if steps.is_empty() {
            return Ok(None);
        }
        let places = steps.iter().flat_map(|step| &step.head);
        let names = places.filter_map(|place| match place {
            Place::Header(name) => Some(name.clone().into_owned()),
            _ => None,
        });
        Ok(Some(Self { headers: names.collect(), steps }))
    }

    /// Treats a secret in a place that the signature covers like a signed handshake.
    pub(crate) fn set_covered(&mut self, covers: impl Fn(&Place) -> bool) {
        for step in &mut self.steps {
            step.is_signed |= matches!(&step.handshake.trust, Trust::IssuesSecret(at) if covers(at));
        }
    }

    /// Requires the form of the challenge for plain digests, too.
    pub(crate) fn bound_digests(&mut self) {
        for step in &mut self.steps {
            step.bounds_digests = true;
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Step> {
        self.steps.iter()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Step> {
        self.steps.get(index)
    }
}

impl Step {
    /// Compiles a handshake. Returns `None` if the handler answers it.
    fn new(handshake: &Handshake) -> Result<Option<Self>, ConfigError> {
        for condition in &*handshake.when {
            condition.place().check("when")?;
        }
        if let Some(place) = handshake.trust.place() {
            place.check("trust")?;
        }
        let challenge =
            handshake.challenge.as_ref().map(|pattern| pattern.compile("challenge")).transpose()?;
        let Some(answer) = &handshake.answer else { return Ok(None) };
        let body = parse(&answer.body, "answer.body")?;
        if answer.format == AnswerFormat::Json {
            check_json(&body)?;
        }
        let headers = answer.headers.iter().map(header_of).collect::<Result<Vec<_>, _>>()?;
        let pieces = headers.iter().flat_map(|(_, pieces)| pieces).chain(&body);
        let operands = pieces.flat_map(|piece| match piece {
            Piece::Value { of, .. } => of.as_slice(),
            Piece::Literal(_) => &[],
        });
        let in_answer = operands.filter_map(|operand| match operand {
            Operand::At(place) => Some(place),
            _ => None,
        });
        let conditions = handshake.when.iter().map(super::Condition::place);
        let (in_body, head): (Vec<&Place>, Vec<_>) = conditions
            .chain(handshake.trust.place())
            .chain(in_answer)
            .flat_map(Place::alternatives)
            .partition(|place| place.is_in_body());
        if !in_body.is_empty() && handshake.method != Method::Post {
            return Err(ConfigError::new("when", "only a POST has a body"));
        }
        let refused = handshake.refused.map(|code| status(code, "refused")).transpose()?;
        if handshake.trust != Trust::Signed
            && challenge.is_none()
            && signed_choices(&headers, &body).next().is_some()
        {
            return Err(ConfigError::new("challenge", UNBOUNDED));
        }
        Ok(Some(Self {
            handshake: handshake.clone(),
            challenge,
            bounds_digests: false,
            is_signed: handshake.trust == Trust::Signed,
            waits_for_body: !in_body.is_empty(),
            head: head.into_iter().cloned().collect(),
            status: status(answer.status, "answer.status")?,
            refused: refused.unwrap_or(StatusCode::FORBIDDEN),
            format: answer.format,
            headers,
            body,
        }))
    }

    /// Returns the places, chosen by the sender, that the answer contains an HMAC of.
    pub(crate) fn signed_choices(&self) -> impl Iterator<Item = &Place> {
        signed_choices(&self.headers, &self.body)
    }

    /// Returns whether the answer contains a plain digest of a token or setting and of text that the sender chose, in a
    /// form that the declaration does not restrict.
    pub(crate) fn digests_any_choice(&self) -> bool {
        let has = |is: fn(&Operand) -> bool| {
            self.digests().any(|of| of.iter().any(is) && of.iter().any(Operand::is_kept))
        };
        self.bounds_digests && self.challenge.is_none() && has(|operand| operand.choice().is_some())
    }

    /// Returns the values of which the answer contains a plain digest.
    pub(super) fn digests(&self) -> impl Iterator<Item = &[Operand]> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Value { of, by: Function::Sha256Hex } => Some(of.as_slice()),
            _ => None,
        })
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.headers.iter().flat_map(|(_, pieces)| pieces).chain(&self.body)
    }
}

fn signed_choices<'s>(
    headers: &'s [(HeaderName, Vec<Piece>)],
    body: &'s [Piece],
) -> impl Iterator<Item = &'s Place> {
    let pieces = headers.iter().flat_map(|(_, pieces)| pieces).chain(body);
    let signed = pieces.flat_map(|piece| match piece {
        Piece::Value { of, by } if by.needs_secret() => of.as_slice(),
        _ => &[],
    });
    signed.filter_map(Operand::choice)
}

/// Returns the patterns of all texts that a handshake's answer may contain an HMAC of.
pub(crate) fn challenges(handshakes: &[Handshake]) -> Result<Vec<Matcher>, ConfigError> {
    let patterns = handshakes.iter().enumerate();
    let compiled = patterns.filter_map(|(index, handshake)| {
        Some(handshake.challenge.as_ref()?.compile(&format!("handshakes[{index}].challenge")))
    });
    compiled.collect()
}

fn status(code: u16, field: &str) -> Result<StatusCode, ConfigError> {
    StatusCode::from_u16(code)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| ConfigError::new(field, format!("{code} is not a status code of a response")))
}

fn header_of(header: &AnswerHeader) -> Result<(HeaderName, Vec<Piece>), ConfigError> {
    const FIELD: &str = "answer.headers";
    let name = HeaderName::from_bytes(header.name.as_bytes())
        .map_err(|_| ConfigError::new(FIELD, format!("{:?} is not a header name", header.name)))?;
    let ours = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];
    if ours.contains(&name) {
        return Err(ConfigError::new(FIELD, format!("`{name}` is set with the body")));
    }
    Ok((name, parse(&header.value, FIELD)?))
}

/// Checks that the result is JSON for all values.
fn check_json(pieces: &[Piece]) -> Result<(), ConfigError> {
    let text = |piece: &Piece| match piece {
        Piece::Literal(literal) => literal.clone(),
        // Outside quotes this text is not valid JSON.
        Piece::Value { .. } => r#"\""#.to_owned(),
    };
    let rendered: String = pieces.iter().map(text).collect();
    serde_json::from_str::<IgnoredAny>(&rendered).map(drop).map_err(|_| {
        let problem = "is not JSON: braces are `{{` and `}}`, and placeholders stand between quotes";
        ConfigError::new("answer.body", problem)
    })
}

pub(crate) const UNBOUNDED: &str = "the answer holds an HMAC of text that the sender chose, which could be the signature of a \
     delivery: declare the form of the challenge, for instance `challenge = \"^[a-f0-9]{20,32}$\"`";

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::handshake::{Answer, Condition, Trust};
    use crate::provider::Confidence;
    use crate::scheme::text;

    fn handshake(method: Method, when: Condition, answer: Option<Answer>) -> Handshake {
        Handshake {
            name: text("test"),
            doc: text(""),
            confidence: Confidence::Own,
            trust: Trust::Echo,
            method,
            when: Cow::Owned(vec![when]),
            answer,
            challenge: None,
            refused: None,
        }
    }

    fn problem(handshake: Handshake) -> String {
        Steps::new(&[handshake]).unwrap_err().field().to_owned()
    }

    const ANY: Condition = Condition::present(Place::query("a"));

    #[test]
    fn what_the_handler_answers_is_no_step() {
        assert!(Steps::new(&[handshake(Method::Post, ANY, None)]).unwrap().is_none());
        assert!(Steps::new(&[]).unwrap().is_none());
    }

    #[test]
    fn a_step_waits_for_the_body_only_if_it_has_to() {
        let waits = |method, when, answer| {
            let steps = Steps::new(&[handshake(method, when, Some(answer))]).unwrap().unwrap();
            steps.get(0).unwrap().waits_for_body
        };
        assert!(!waits(Method::Get, ANY, Answer::text("{query:a}")));
        assert!(waits(Method::Post, ANY, Answer::text("{json:/a}")));
        assert!(waits(Method::Post, Condition::present(Place::form("a")), Answer::status(200)));
    }

    #[test]
    fn a_value_outside_of_quotes_is_refused() {
        for body in [r#"{{"a":{query:a}}}"#, r#"{"a":"{query:a}"}"#, "{{"] {
            assert_eq!(
                problem(handshake(Method::Get, ANY, Some(Answer::json(body)))).split_once('.').unwrap().1,
                "answer.body"
            );
        }
    }

    #[test]
    fn other_mistakes_are_named() {
        let at = |handshake| problem(handshake);
        let header = Condition::present(Place::header("X-Upper"));
        assert_eq!(at(handshake(Method::Get, header, None)), "handshakes[0].when");
        let body = Condition::present(Place::json("/a"));
        assert_eq!(at(handshake(Method::Get, body, Some(Answer::status(200)))), "handshakes[0].when");
        assert_eq!(at(handshake(Method::Get, ANY, Some(Answer::status(99)))), "handshakes[0].answer.status");
        let twice = [handshake(Method::Get, ANY, None), handshake(Method::Get, ANY, None)];
        assert_eq!(Steps::new(&twice).unwrap_err().field(), "handshakes[1].name");
    }
}
