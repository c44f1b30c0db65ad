//! Generates the types of the events in a document.

use serde_json::Value;

use super::emit::Rust;
use super::events::{Event, Places};
use super::lower::Types;
use super::schema::Document;
use super::{model, names};

/// The options of a generation.
#[derive(Debug, Default)]
pub(super) struct Generator {
    pub(super) places: Places,
    /// The events to write types for: a type, or a type and the JSON pointer of its schema. All if empty.
    pub(super) events: Vec<String>,
    /// The name of the catalogue.
    pub(super) name: String,
    /// Tells whether the provider always sends the properties that its schemas require. Many do not: their own
    /// examples are older than their schemas.
    pub(super) is_strict: bool,
}

/// Rust types, and what they lack.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) rust: String,
    pub(super) warnings: Vec<String>,
}

impl Generator {
    /// Generates the types of the events in a document.
    pub(super) fn generate(&self, document: Value, source: &str) -> Result<Generated, String> {
        let document = Document::new(document, self.is_strict);
        let events = self.events(&document)?;
        let mut types = Types::new(&document, &self.name, self.is_strict);
        let typed: Vec<_> = events
            .into_iter()
            .map(|event| {
                let name = names::pascal(event.types.first().map_or("", String::as_str));
                let of = types.of(&event.schema, &name);
                (event, of)
            })
            .collect();
        model::box_cycles(&mut types.items);
        let warnings = types.unresolved.iter();
        let warnings = warnings.map(|reference| {
            format!("`{reference}` names nothing in {source}: its values are `serde_json::Value`")
        });
        let rust = Rust::module(&types.items, &self.name, &typed, source);
        Ok(Generated { rust, warnings: warnings.collect() })
    }

    fn events(&self, document: &Document) -> Result<Vec<Event>, String> {
        let mut chosen = Vec::new();
        let mut names = Vec::new();
        for event in &self.events {
            match event.split_once("=/") {
                Some((name, pointer)) => {
                    chosen.push(Event::at(document, name, &format!("/{pointer}"))?);
                }
                None => names.push(event),
            }
        }
        if names.is_empty() && !chosen.is_empty() {
            return Ok(chosen);
        }
        let all = self.places.events(document)?;
        if all.is_empty() {
            return Err("found no events: name each with --event TYPE=/pointer/of/its/schema".to_owned());
        }
        if names.is_empty() {
            return Ok(all);
        }
        for name in names {
            let event = all.iter().find(|event| event.types.contains(name)).ok_or_else(|| {
                let known: Vec<&str> =
                    all.iter().flat_map(|event| &event.types).map(String::as_str).collect();
                format!("--event {name}: the document has the events {}", known.join(", "))
            })?;
            let is_chosen = |chosen: &Event| chosen.types == event.types;
            if !chosen.iter().any(is_chosen) {
                chosen.push(event.clone());
            }
        }
        Ok(chosen)
    }
}
