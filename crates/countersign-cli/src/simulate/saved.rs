//! The operations queue in a file, to be sent again later.

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_testkit::simulators::{Message, Simulator};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::error::CliError;

/// An event, as a line of the file.
#[derive(Deserialize, Serialize)]
struct Saved {
    id: String,
    event_type: String,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<(String, String)>,
    labels: Vec<(String, String)>,
    body_base64: String,
}

/// Writes the events that were given up.
pub(super) fn write(path: &Path, simulator: &Simulator) -> Result<(), CliError> {
    let mut lines = Vec::new();
    for failed in simulator.operations_queue() {
        if let Some(message) = simulator.message(failed.delivery) {
            serde_json::to_writer(&mut lines, &Saved::new(&message))
                .map_err(|error| cannot_write(path)(error.into()))?;
            lines.push(b'\n');
        }
    }
    fs::File::create(path).and_then(|mut file| file.write_all(&lines)).map_err(cannot_write(path))
}

/// Reads the events of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Message>, CliError> {
    let text = fs::read_to_string(path).map_err(CliError::unreadable(path))?;
    let lines = text.lines().zip(1_u32..).filter(|(line, _)| !line.is_empty());
    let message = |(line, number): (&str, u32)| {
        let saved = serde_json::from_str::<Saved>(line).ok().and_then(Saved::message);
        saved.ok_or_else(|| {
            let path = path.display();
            CliError::Usage(format!("{path}: line {number} is no event that --save-failed wrote"))
        })
    };
    lines.map(message).collect()
}

impl Saved {
    fn new(message: &Message) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            id: message.id.clone(),
            event_type: message.event_type.clone(),
            headers: message.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            items: message.items.clone(),
            labels: message.labels.clone(),
            body_base64: STANDARD.encode(&message.body),
        }
    }

    fn message(self) -> Option<Message> {
        let mut message = Message::new(self.id, self.event_type, STANDARD.decode(self.body_base64).ok()?);
        message.headers = HeaderMap::new();
        for (name, value) in self.headers {
            message.headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
        }
        message.items = self.items;
        message.labels = self.labels;
        Some(message)
    }
}

fn cannot_write(path: &Path) -> impl FnOnce(std::io::Error) -> CliError {
    CliError::io(format!("cannot write {}", path.display()))
}
