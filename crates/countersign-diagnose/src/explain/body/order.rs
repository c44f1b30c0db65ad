//! The order of keys: the signed one is unknown, but short bodies have few.

use super::json::Node;
use crate::explain::Cause;
use crate::explain::case::{Bodies, Case};

/// Tries all orders of all keys, if there are not too many.
pub(super) fn rare(case: &Case) -> Bodies<'_> {
    let Some(node) = Node::parse(&case.body) else { return Box::new(std::iter::empty()) };
    let orders = orders(&node).filter(|orders| *orders <= MOST_ORDERS).unwrap_or(1);
    Box::new((1..orders).map(move |order| {
        let mut order = order;
        let text = super::layout::compact(&permuted(&node, &mut order));
        (vec![REORDERED], text.into_bytes())
    }))
}

/// Returns the number of possible orders of the keys.
fn orders(node: &Node<'_>) -> Option<usize> {
    match node {
        Node::Atom(_) => Some(1),
        Node::Array(items) => items.iter().try_fold(1, |all, item| orders(item)?.checked_mul(all)),
        Node::Object(members) => {
            let own = (1..=members.len()).try_fold(1_usize, usize::checked_mul)?;
            members.iter().try_fold(own, |all, (_, value)| orders(value)?.checked_mul(all))
        }
    }
}

/// Returns the value in the order with this number, of which each object takes its digits.
fn permuted<'t>(node: &Node<'t>, order: &mut usize) -> Node<'t> {
    match node {
        Node::Atom(atom) => Node::Atom(atom),
        Node::Array(items) => Node::Array(items.iter().map(|item| permuted(item, order)).collect()),
        Node::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, value)| (*key, permuted(value, order))).collect();
            Node::Object(taken(members, order))
        }
    }
}

/// Returns the values in the order with this number.
pub(in crate::explain) fn arranged<T: Clone>(values: &[T], mut order: usize) -> Vec<T> {
    taken(values.to_vec(), &mut order)
}

fn taken<T>(mut left: Vec<T>, order: &mut usize) -> Vec<T> {
    let mut all = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let count = left.len();
        all.push(left.remove(*order % count));
        *order /= count;
    }
    all
}

const REORDERED: Cause = Cause::new(
    "body_reordered",
    "the keys of the body were put in another order after it was signed, and in one of the other orders it verifies: \
     verify the bytes as they were received, before anything parses them",
);

/// The number of orders of six keys.
const MOST_ORDERS: usize = 720;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::layout::compact;
    use super::*;

    #[test]
    fn every_order_is_there_once() {
        let node = Node::parse(br#"{"a":{"x":1,"y":2},"b":[{"p":1,"q":2}],"c":3}"#).unwrap();
        let all = orders(&node).unwrap();
        assert_eq!(all, 24);
        let texts: HashSet<_> = (0..all).map(|mut order| compact(&permuted(&node, &mut order))).collect();
        assert_eq!(texts.len(), all);
    }

    #[test]
    fn all_levels_are_sorted() {
        let node = Node::parse(br#"{"b":[{"d":1,"c":2}],"a":0}"#).unwrap();
        assert_eq!(compact(&node.sorted()), r#"{"a":0,"b":[{"c":2,"d":1}]}"#);
        assert_eq!(node.sorted().sorted(), node.sorted());
    }
}
