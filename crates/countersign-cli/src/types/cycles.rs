//! Finds the fields that need a box: those by which a type contains itself, and those that make an enum large.

use std::collections::BTreeSet;

use super::model::{Definition, Item, Type};

/// Marks the fields that need a box.
pub(super) fn mark(items: &mut [Item]) {
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
