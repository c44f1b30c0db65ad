//! The kinds of JSON values that a schema accepts.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The kinds of values that a schema accepts.
#[derive(Clone, Debug, Default)]
pub(super) struct Kinds {
    /// Any value: the schema does not say.
    pub(super) any: bool,
    pub(super) null: bool,
    pub(super) boolean: bool,
    pub(super) integer: bool,
    pub(super) number: bool,
    pub(super) string: Option<Strings>,
    /// The schema of the items.
    pub(super) array: Option<Value>,
    pub(super) object: Option<Object>,
}

/// The strings that a schema accepts.
#[derive(Clone, Debug)]
pub(super) enum Strings {
    Any,
    OneOf(BTreeSet<String>),
}

/// The properties of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Object {
    pub(super) properties: BTreeMap<String, Property>,
    /// The schema of properties without a name in the schema.
    pub(super) additional: Option<Value>,
}

#[derive(Clone, Debug)]
pub(super) struct Property {
    pub(super) schema: Value,
    pub(super) required: bool,
}

impl Kinds {
    pub(super) fn anything() -> Self {
        Self { any: true, ..Self::default() }
    }

    pub(super) fn is_nothing(&self) -> bool {
        !self.any && !self.null && self.count() == 0
    }

    /// Returns the number of kinds other than null; integers are numbers.
    pub(super) fn count(&self) -> usize {
        [
            self.boolean,
            self.integer || self.number,
            self.string.is_some(),
            self.array.is_some(),
            self.object.is_some(),
        ]
        .into_iter()
        .filter(|is_there| *is_there)
        .count()
    }

    /// Returns the kinds that one of two schemas accepts.
    pub(super) fn either(self, other: Self) -> Self {
        if self.any || other.any {
            return Self::anything();
        }
        Self {
            any: false,
            null: self.null || other.null,
            boolean: self.boolean || other.boolean,
            integer: self.integer || other.integer,
            number: self.number || other.number,
            string: merge(self.string, other.string, Strings::either),
            array: merge(self.array, other.array, |one, other| combined("anyOf", one, other)),
            object: merge(self.object, other.object, Object::either),
        }
    }

    /// Returns the kinds that both of two schemas accept. Contradictions accept any value.
    pub(super) fn both(self, other: Self) -> Self {
        if self.any {
            return other;
        }
        if other.any {
            return self;
        }
        let (numbers, other_numbers) = (self.number || self.integer, other.number || other.integer);
        let mut kinds = Self {
            any: false,
            null: self.null && other.null,
            boolean: self.boolean && other.boolean,
            integer: self.integer && other_numbers || other.integer && numbers,
            number: self.number && other.number,
            string: self.string.zip(other.string).map(|(one, other)| one.both(other)),
            array: self.array.zip(other.array).map(|(one, other)| combined("allOf", one, other)),
            object: self.object.zip(other.object).map(|(one, other)| one.both(other)),
        };
        kinds.any = kinds.is_nothing();
        kinds
    }
}

impl Strings {
    fn either(self, other: Self) -> Self {
        match (self, other) {
            (Self::OneOf(one), Self::OneOf(other)) => Self::OneOf(&one | &other),
            _ => Self::Any,
        }
    }

    fn both(self, other: Self) -> Self {
        match (self, other) {
            (Self::OneOf(one), Self::OneOf(other)) if !one.is_disjoint(&other) => Self::OneOf(&one & &other),
            (Self::OneOf(one), Self::OneOf(other)) => Self::OneOf(&one | &other),
            (Self::OneOf(texts), Self::Any) | (Self::Any, Self::OneOf(texts)) => Self::OneOf(texts),
            (Self::Any, Self::Any) => Self::Any,
        }
    }
}

impl Object {
    /// A property that one of the objects lacks is optional.
    fn either(mut self, mut other: Self) -> Self {
        for (name, property) in &mut self.properties {
            match other.properties.remove(name) {
                Some(Property { schema, required }) => {
                    property.required &= required;
                    property.schema = combined("anyOf", property.schema.take(), schema);
                }
                None => property.required = false,
            }
        }
        for (name, property) in other.properties {
            self.properties.insert(name, Property { required: false, ..property });
        }
        self.additional =
            merge(self.additional, other.additional, |one, other| combined("anyOf", one, other));
        self
    }

    fn both(mut self, other: Self) -> Self {
        for (name, Property { schema, required }) in other.properties {
            match self.properties.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(Property { schema, required });
                }
                Entry::Occupied(mut entry) => {
                    let property = entry.get_mut();
                    property.required |= required;
                    property.schema = combined("allOf", property.schema.take(), schema);
                }
            }
        }
        self.additional = self.additional.or(other.additional);
        self
    }
}

fn merge<T>(one: Option<T>, other: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(both(one, other)),
        (one, other) => one.or(other),
    }
}

fn combined(keyword: &str, one: Value, other: Value) -> Value {
    if one == other { one } else { json!({ keyword: [one, other] }) }
}
