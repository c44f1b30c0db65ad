//! Turns schemas into Rust types.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kinds::{Kinds, Object, Property, Strings};
use super::model::{Definition, Field, Item, Type};
use super::names::{Names, pascal, singular, snake};
use super::schema::{Document, bare, list, reference};

/// The types of a document, in the order in which they were needed.
pub(super) struct Types<'d> {
    document: &'d Document,
    pub(super) items: Vec<Item>,
    names: Names,
    /// The types of references, and of schemas without a name, as JSON.
    known: BTreeMap<String, Type>,
    /// The references that name nothing in the document.
    pub(super) unresolved: Vec<String>,
    /// Tells whether required properties are always there and never null.
    is_strict: bool,
}

impl<'d> Types<'d> {
    pub(super) fn new(document: &'d Document, catalogue: &str, is_strict: bool) -> Self {
        let mut names = Names::of_types();
        names.unique(catalogue.to_owned());
        let (items, known, unresolved) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { document, items, names, known, unresolved, is_strict }
    }

    /// Returns the type of a schema. `name` is the one that it gets if it needs one and has none.
    pub(super) fn of(&mut self, schema: &Value, name: &str) -> Type {
        let schema = self.document.simplify(schema);
        if let Some(reference) = reference(&schema) {
            return self.of_reference(reference);
        }
        if let Some(rest) = without_null(&schema) {
            return optional(self.of(&rest, name));
        }
        let kinds = self.document.kinds(&schema);
        // Scalars that are the same have one type, in whatever words their schemas say it.
        let scalars = scalars(&kinds);
        let key = match &scalars {
            Some(name) if kinds.count() > 1 => format!("{name} {}", kinds.null),
            Some(_) => format!("{kinds:?}"),
            None => bare(&schema).to_string(),
        };
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let joined = joined(&schema).filter(|_| kinds.count() > 1);
        let name = scalars.or(joined).unwrap_or_else(|| name.to_owned());
        self.define(&schema, key, &name)
    }

    fn of_reference(&mut self, reference: &str) -> Type {
        if let Some(known) = self.known.get(reference) {
            return known.clone();
        }
        let Some(target) = self.document.at(reference) else {
            self.unresolved.push(reference.to_owned());
            self.known.insert(reference.to_owned(), Type::Value);
            return Type::Value;
        };
        let name = pascal(&reference.rsplit('/').next().unwrap_or_default().replace("~1", "/"));
        let target = self.document.simplify(target);
        if super::schema::reference(&target).is_some() || without_null(&target).is_some() {
            // Something that refers to itself is any value.
            self.known.insert(reference.to_owned(), Type::Value);
            let of = self.of(&target, &name);
            self.known.insert(reference.to_owned(), of.clone());
            return of;
        }
        self.define(&target, reference.to_owned(), &name)
    }

    /// Adds the type of a schema under `key`.
    fn define(&mut self, schema: &Value, key: String, name: &str) -> Type {
        let kinds = self.document.kinds(schema);
        let is_optional = kinds.null;
        let finish = |of: Type| if is_optional { optional(of) } else { of };
        if needs_item(&kinds) {
            let docs = if scalars(&kinds).is_some() { String::new() } else { description(schema) };
            let (item, name) = self.reserve(docs, name);
            let of = finish(Type::Named(item));
            self.known.insert(key, of.clone());
            let definition = self.definition(kinds, schema, &name);
            if let Some(item) = self.items.get_mut(item) {
                item.definition = definition;
            }
            return of;
        }
        self.known.insert(key.clone(), Type::Value);
        let of = finish(self.plain(kinds, name));
        self.known.insert(key, of.clone());
        of
    }

    fn reserve(&mut self, docs: String, name: &str) -> (usize, String) {
        let name = self.names.unique(name.chars().take(LONGEST_NAME).collect());
        self.items.push(Item { name: name.clone(), docs, definition: Definition::Struct(Vec::new()) });
        (self.items.len().saturating_sub(1), name)
    }

    fn definition(&mut self, kinds: Kinds, schema: &Value, name: &str) -> Definition {
        match (kinds.count(), kinds.object, kinds.string) {
            (1, Some(object), _) => Definition::Struct(self.fields(object, name)),
            (1, None, Some(Strings::OneOf(texts))) => {
                let mut names = Names::empty();
                names.unique("Other".to_owned());
                Definition::Strings(
                    texts.into_iter().map(|text| (names.unique(pascal(&text)), text)).collect(),
                )
            }
            (_, object, string) => {
                let mut variants = Vec::new();
                let mut add = |name: &str, of| variants.push(Field::variant(name, of));
                if kinds.boolean {
                    add("Bool", Type::Bool);
                }
                match (kinds.integer, kinds.number) {
                    (_, true) => add("Number", Type::Number),
                    (true, false) => add("Integer", Type::Integer),
                    (false, false) => {}
                }
                if string.is_some() {
                    add("String", Type::String);
                }
                if let Some(items) = kinds.array {
                    let items = self.of(&items, &format!("{name}Item"));
                    variants.push(Field::variant("List", Type::List(Box::new(items))));
                }
                if let Some(object) = object {
                    let name = format!("{name}Object");
                    let of = match self.objects(schema) {
                        Some(objects) => self.of(&objects, &name),
                        None => self.object(object, &name),
                    };
                    variants.push(Field::variant("Object", of));
                }
                Definition::Union(variants)
            }
        }
    }

    fn fields(&mut self, object: Object, name: &str) -> Vec<Field> {
        let (mut names, is_strict) = (Names::empty(), self.is_strict);
        let field = |(key, property): (String, Property)| {
            let of = self.of(&property.schema, &format!("{name}{}", pascal(&key)));
            let of = if is_strict && property.required { of } else { optional(of) };
            let docs =
                property.schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
            Field { name: names.unique(snake(&key)), key, docs, of, boxed: false }
        };
        object.properties.into_iter().map(field).collect()
    }

    /// Returns the alternatives that are objects, if each alternative is of one kind.
    fn objects(&self, schema: &Value) -> Option<Value> {
        let alternatives = list(schema.as_object().filter(|map| map.len() == 1)?, "anyOf");
        let kinds: Vec<Kinds> = alternatives.iter().map(|schema| self.document.kinds(schema)).collect();
        let is_one =
            |kinds: &Kinds| !kinds.any && !kinds.null && (kinds.object.is_none() || kinds.count() == 1);
        if !kinds.iter().all(is_one) {
            return None;
        }
        let objects = alternatives.iter().zip(&kinds).filter(|(_, kinds)| kinds.object.is_some());
        let objects: Vec<&Value> = objects.map(|(schema, _)| schema).collect();
        (!objects.is_empty()).then(|| json!({ "anyOf": objects }))
    }

    /// Returns the type of an object that is one of several kinds.
    fn object(&mut self, object: Object, name: &str) -> Type {
        if object.properties.is_empty() {
            return self.map(object, name);
        }
        let (item, name) = self.reserve(String::new(), name);
        let fields = self.fields(object, &name);
        if let Some(item) = self.items.get_mut(item) {
            item.definition = Definition::Struct(fields);
        }
        Type::Named(item)
    }

    fn map(&mut self, object: Object, name: &str) -> Type {
        let value = object.additional.map_or(Type::Value, |schema| self.of(&schema, &format!("{name}Value")));
        Type::Map(Box::new(value))
    }

    fn plain(&mut self, kinds: Kinds, name: &str) -> Type {
        if kinds.any || kinds.count() != 1 {
            return Type::Value;
        }
        if let Some(items) = kinds.array {
            return Type::List(Box::new(self.of(&items, singular(name))));
        }
        if let Some(object) = kinds.object {
            return self.map(object, name);
        }
        match (kinds.boolean, kinds.number, kinds.integer) {
            (true, ..) => Type::Bool,
            (_, true, _) => Type::Number,
            (_, _, true) => Type::Integer,
            _ => Type::String,
        }
    }
}

/// Returns a schema without the alternative null, if it has one.
fn without_null(schema: &Value) -> Option<Value> {
    let alternatives = list(schema.as_object().filter(|map| map.len() == 1)?, "anyOf");
    let is_null = |schema: &&Value| schema.get("type").is_some_and(|of| of == "null");
    let mut rest: Vec<Value> = alternatives.iter().filter(|schema| !is_null(schema)).cloned().collect();
    if rest.len() == alternatives.len() {
        return None;
    }
    let one = if rest.len() == 1 { rest.pop() } else { None };
    Some(one.unwrap_or_else(|| json!({ "anyOf": rest })))
}

fn needs_item(kinds: &Kinds) -> bool {
    match (kinds.any, kinds.count(), &kinds.object, &kinds.string) {
        (true, ..) | (_, 0, ..) => false,
        (_, 1, Some(object), _) => !object.properties.is_empty(),
        (_, 1, None, Some(Strings::OneOf(texts))) => (2..=MOST_VARIANTS).contains(&texts.len()),
        (_, 1, ..) => false,
        _ => true,
    }
}

/// Returns a name for values that are one of several scalars or of a few texts: one type is enough for all of them.
fn scalars(kinds: &Kinds) -> Option<String> {
    if let (1, Some(Strings::OneOf(texts))) = (kinds.count(), &kinds.string) {
        let names: Vec<String> = texts.iter().map(|text| pascal(text)).collect();
        let name = names.join("Or");
        return (texts.len() <= 3 && name.len() <= LONGEST_OF_TEXTS).then_some(name);
    }
    if kinds.count() < 2 || kinds.array.is_some() || kinds.object.is_some() {
        return None;
    }
    let number = if kinds.number { "Number" } else { "Integer" };
    let all = [
        (kinds.boolean, "Bool"),
        (kinds.number || kinds.integer, number),
        (kinds.string.is_some(), "String"),
    ];
    let all: Vec<&str> = all.into_iter().filter_map(|(is_there, name)| is_there.then_some(name)).collect();
    Some(all.join("Or"))
}

/// Returns a name for one of a few values that have names.
fn joined(schema: &Value) -> Option<String> {
    let alternatives = list(schema.as_object().filter(|map| map.len() == 1)?, "anyOf");
    if !(2..=3).contains(&alternatives.len()) {
        return None;
    }
    let names = alternatives.iter().map(|schema| match reference(schema) {
        Some(reference) => Some(pascal(reference.rsplit('/').next()?)),
        None => match schema.get("type")?.as_str()? {
            of @ ("boolean" | "integer" | "number" | "string") => Some(pascal(of)),
            _ => None,
        },
    });
    Some(names.collect::<Option<Vec<_>>>()?.join("Or"))
}

fn optional(of: Type) -> Type {
    match of {
        Type::Option(_) => of,
        of => Type::Option(Box::new(of)),
    }
}

fn description(schema: &Value) -> String {
    let texts = ["description", "title"].map(|key| schema.get(key).and_then(Value::as_str));
    texts.into_iter().flatten().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}

/// A bound on names that are put together of the names of properties.
const LONGEST_NAME: usize = 80;
const LONGEST_OF_TEXTS: usize = 40;
/// More strings than this, such as all currencies, are a `String`.
const MOST_VARIANTS: usize = 100;
