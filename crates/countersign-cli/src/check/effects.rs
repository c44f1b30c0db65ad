//! Counts how often the receiver has handled an id.

use std::time::Duration;

use serde_json::Value;

use super::answer::Answer;
use super::commands::shell;
use super::message::{Course, Message};
use super::wire::Wire;

/// A count of effects.
#[derive(Clone)]
pub(super) enum Effects {
    /// A command that prints it.
    Command(String),
    /// A resource that is it.
    Url { wire: Wire, target: String },
}

impl Effects {
    pub(super) async fn count(&self, id: &str) -> Result<u64, String> {
        match self {
            Self::Command(command) => {
                let command = command.replace(PLACE, id);
                // `grep -c` fails if it counts 0.
                let (ok, text) = shell(&command, &[("WEBHOOK_ID", id)], LIMIT, true).await?;
                number(&text).ok_or_else(|| match ok {
                    true => format!("--effects: `{command}` printed no number"),
                    false => format!("--effects: `{command}` failed and printed no number"),
                })
            }
            Self::Url { wire, target } => fetch(wire, &with_id(target, id)).await,
        }
    }
}

async fn fetch(wire: &Wire, target: &str) -> Result<u64, String> {
    let message = Message {
        method: "GET".to_owned(),
        target: target.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        id: String::new(),
        signatures: Vec::new(),
    };
    match wire.send(&message, Course::Whole).await.answer {
        Answer::Response(response) if response.status == 404 => Ok(0),
        Answer::Response(response) if response.status == 200 => {
            let text = String::from_utf8_lossy(&response.body);
            number(&text).ok_or_else(|| "--effects: the answer is no number".to_owned())
        }
        answer => Err(format!("--effects: {answer}")),
    }
}

/// Puts the id into a URL: in its place, or as the parameter `id`.
fn with_id(target: &str, id: &str) -> String {
    if target.contains(PLACE) {
        return target.replace(PLACE, id);
    }
    let separator = if target.contains('?') { '&' } else { '?' };
    format!("{target}{separator}id={id}")
}

/// Reads a number, or a JSON document with one number in it. An array counts its items.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(count) = text.parse() {
        return Some(count);
    }
    match serde_json::from_str(text).ok()? {
        Value::Number(count) => count.as_u64(),
        Value::Array(items) => Some(items.len() as u64),
        Value::Object(members) => {
            let mut numbers = members.values().filter_map(Value::as_u64);
            let first = numbers.next();
            let named =
                ["count", "times", "handled", "effects"].iter().find_map(|name| members.get(*name)?.as_u64());
            named.or_else(|| first.filter(|_| numbers.next().is_none()))
        }
        _ => None,
    }
}

/// The place of the id in a command or a URL.
pub(super) const PLACE: &str = "{id}";
const LIMIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_number_or_a_document_with_one() {
        for text in ["2", " 2\n", r#"{"count":2}"#, r#"{"id":"evt_1","handled":2}"#, "[1,1]"] {
            assert_eq!(number(text), Some(2), "{text}");
        }
        for text in ["", "two", "-1", r#"{"a":1,"b":2}"#, "null"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_has_its_place_or_is_a_parameter() {
        assert_eq!(with_id("/effects/{id}", "evt_1"), "/effects/evt_1");
        assert_eq!(with_id("/effects", "evt_1"), "/effects?id=evt_1");
        assert_eq!(with_id("/effects?a=b", "evt_1"), "/effects?a=b&id=evt_1");
    }
}
