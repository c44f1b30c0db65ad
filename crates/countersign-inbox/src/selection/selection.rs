use std::sync::Arc;

use countersign::{ConfigError, Delivery, Field, Placement, Provider};

use super::condition::Condition;
use super::lexer::Mistake;
use super::parser::parse;
use super::paths::Paths;
use crate::key::EventKey;

/// The rules that leave deliveries out. Without any, all are stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    types: Option<Vec<TypePattern>>,
    filters: Vec<Filter>,
    /// The values that the filters compare.
    paths: Paths,
    /// The share of deliveries that are stored.
    share: Option<f64>,
    /// The first mistake: the option, and the problem with its cure.
    problem: Option<(String, String)>,
}

#[derive(Clone, Debug)]
struct Filter {
    name: Arc<str>,
    condition: Condition,
}

impl Selection {
    pub(crate) fn add_types<T: Into<String>>(&mut self, patterns: impl IntoIterator<Item = T>) {
        let types = self.types.get_or_insert_default();
        for pattern in patterns {
            match TypePattern::parse(pattern.into()) {
                Ok(pattern) => types.push(pattern),
                Err(problem) => _ = self.problem.get_or_insert_with(|| (TYPES.into(), problem)),
            }
        }
    }

    pub(crate) fn add_filter(&mut self, name: String, condition: &str) {
        let option = || format!("filter.{name}");
        if name.is_empty()
            || [TYPES, SAMPLING].contains(&&*name)
            || self.filters.iter().any(|known| *known.name == *name)
        {
            let problem = format!(
                "deliveries that a filter leaves out are counted under its name: it is not empty, of one filter only, and \
                 not `{TYPES}` or `{SAMPLING}`"
            );
            self.problem.get_or_insert_with(|| (option(), problem));
        }
        match parse(condition, &mut self.paths) {
            Ok(condition) => self.filters.push(Filter { name: name.into(), condition }),
            Err(mistake) => _ = self.problem.get_or_insert_with(|| (option(), in_text(&mistake, condition))),
        }
    }

    pub(crate) fn set_share(&mut self, share: f64) {
        self.share = Some(share);
    }

    /// Checks the rules of an endpoint, whose path is a part of the errors' fields.
    pub(crate) fn check(&self, endpoint: &str, provider: &Provider) -> Result<(), ConfigError> {
        let (option, problem) = if let Some((option, problem)) = &self.problem {
            (&**option, problem.clone())
        } else if self.types.as_ref().is_some_and(Vec::is_empty) {
            (TYPES, "without a type, no delivery would be stored: name types, such as `invoice.*`".into())
        } else if self.types.is_some() && provider.event.event_type.is_none() {
            (TYPES, without_type(provider, "", "select by a value of the body with `with_filter`"))
        } else if self.share.is_some_and(|share| !(share > 0.0 && share <= 1.0)) {
            (SAMPLING, "the share of deliveries that are stored is above 0 and at most 1".into())
        } else {
            return Ok(());
        };
        Err(ConfigError::new(format!("{endpoint}.{option}"), problem))
    }

    /// Returns a pattern that selects none of these types: it may be misspelt.
    pub(crate) fn without_handler<'t>(&self, handled: impl Iterator<Item = &'t str> + Clone) -> Option<&str> {
        let mut patterns = self.types.iter().flatten();
        let unhandled =
            patterns.find(|pattern| !handled.clone().any(|event_type| pattern.is_match(event_type)));
        unhandled.map(TypePattern::as_str)
    }

    /// Returns the rule that leaves a delivery out as an error. Sampling depends on the key, so that its answer is the same
    /// each time, on every machine. A delivery without a type is admitted, because the list of types says nothing about it:
    /// it becomes a dead letter.
    pub(crate) fn admits(&self, delivery: &Delivery, key: impl FnOnce() -> EventKey) -> Result<(), Arc<str>> {
        if let (Some(types), Some(found)) = (&self.types, delivery.event_type().map(Field::as_str))
            && !types.iter().any(|pattern| pattern.is_match(found))
        {
            return Err(TYPES.into());
        }
        if !self.filters.is_empty() {
            let values = self.paths.values(delivery.payload());
            if let Some(filter) = self.filters.iter().find(|filter| !filter.condition.is_true(&values)) {
                return Err(Arc::clone(&filter.name));
            }
        }
        match self.share {
            Some(share) if share < 1.0 && position(&key()) >= share => Err(SAMPLING.into()),
            _ => Ok(()),
        }
    }
}

/// Returns a number from 0 to 1 for a key: the first eight bytes of a SHA-256 are as good as a random number.
fn position(key: &EventKey) -> f64 {
    let first = key.as_bytes().first_chunk().copied().unwrap_or_default();
    u64::from_be_bytes(first) as f64 / 2_f64.powi(64)
}

fn in_text(mistake: &Mistake, condition: &str) -> String {
    format!("{mistake}; the filter is `{condition}`")
}

/// Explains that a declaration has no type, with the consequence and another way, and names the cure.
pub(crate) fn without_type(provider: &Provider, consequence: &str, other_way: &str) -> String {
    let slug = &provider.slug;
    let place = "`Provider::with_event_type(Location::json(\"/type\"))`";
    match provider.event.type_placement() {
        Placement::None { source } => format!(
            "`{slug}` sends no event type ({source}){consequence}: {other_way}; {place} is for a type that your own account \
             adds"
        ),
        _ => format!(
            "the declaration of `{slug}` does not know where the event type is{consequence}: look for it in a delivery and \
             name its place with {place}, or {other_way}"
        ),
    }
}

/// Event types that an endpoint stores: whole names, and beginnings with `*` after them.
#[derive(Clone, Debug, Eq, PartialEq)]
struct TypePattern(String);

impl TypePattern {
    /// Checks a pattern. Returns the problem and its cure.
    fn parse(pattern: String) -> Result<Self, String> {
        match pattern.strip_suffix('*').unwrap_or(&pattern) {
            "" => Err(format!("`{pattern}` selects nothing or everything: name types, such as `invoice.*`")),
            start if start.contains('*') => Err(format!(
                "`{pattern}` has `*` before its end: only the end of a type can be left open, as in `invoice.*`"
            )),
            start if start.trim() != start => {
                Err(format!("`{pattern}` has a space at its beginning or its end"))
            }
            _ => Ok(Self(pattern)),
        }
    }

    fn is_match(&self, event_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(start) => event_type.starts_with(start),
            None => event_type == self.0,
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// The rule of the event types.
const TYPES: &str = "types";
/// The rule of the sampling.
const SAMPLING: &str = "sampling";
