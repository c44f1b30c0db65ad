//! Rust types, before they are written.

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
