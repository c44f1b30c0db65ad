//! Rust types, before they are written.

use std::collections::BTreeSet;

/// A Rust type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Any JSON.
    Value,
    Bool,
    Integer,
    Number,
    String,
    List(Box<Self>),
    Map(Box<Self>),
    /// The item with this index.
    Named(usize),
    Option(Box<Self>),
}

/// A type with a name.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) definition: Definition,
}

#[derive(Debug)]
pub(super) enum Definition {
    Struct(Vec<Field>),
    /// An enum of strings: the variants and their strings.
    Strings(Vec<(String, String)>),
    /// An enum of different kinds of values.
    Union(Vec<Field>),
}

/// A field of a struct, or a variant of an enum.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// The name in JSON.
    pub(super) key: String,
    pub(super) docs: String,
    pub(super) of: Type,
    /// Tells whether the type needs a box here.
    pub(super) boxed: bool,
}

impl Item {
    pub(super) fn fields(&self) -> &[Field] {
        match &self.definition {
            Definition::Struct(fields) | Definition::Union(fields) => fields,
            Definition::Strings(_) => &[],
        }
    }

    pub(super) fn fields_mut(&mut self) -> &mut [Field] {
        match &mut self.definition {
            Definition::Struct(fields) | Definition::Union(fields) => fields,
            Definition::Strings(_) => &mut [],
        }
    }
}

impl Field {
    pub(super) fn variant(name: &str, of: Type) -> Self {
        Self { name: name.to_owned(), key: name.to_owned(), docs: String::new(), of, boxed: false }
    }
}

/// Marks the fields that need a box: those by which a type contains itself, and those that make an enum large.
pub(super) fn box_cycles(items: &mut [Item]) {
    let edges: Vec<BTreeSet<usize>> = items
        .iter()
        .map(|item| item.fields().iter().filter_map(|field| contained(&field.of)).collect())
        .collect();
    for (index, item) in items.iter_mut().enumerate() {
        let is_enum = matches!(item.definition, Definition::Union(_));
        for field in item.fields_mut() {
            field.boxed = contained(&field.of).is_some_and(|inner| is_enum || reaches(&edges, inner, index));
        }
    }
}

/// Returns the item that a type contains directly: lists and maps are pointers.
fn contained(of: &Type) -> Option<usize> {
    match of {
        Type::Named(index) => Some(*index),
        Type::Option(inner) => contained(inner),
        _ => None,
    }
}

fn reaches(edges: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let (mut seen, mut next) = (BTreeSet::from([from]), vec![from]);
    while let Some(item) = next.pop() {
        if item == to {
            return true;
        }
        next.extend(edges.get(item).into_iter().flatten().filter(|inner| seen.insert(**inner)));
    }
    false
}
