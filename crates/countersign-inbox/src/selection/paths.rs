use std::collections::HashMap;
use std::{fmt, ptr};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The places in a body that filters compare, as a tree: one pass over the body finds all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    root: Node,
    count: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// The number of the place, if a filter compares this value.
    place: Option<usize>,
    members: HashMap<String, Self>,
}

impl Paths {
    /// Returns the number of the place with these steps: names of members, or the positions of items.
    pub(super) fn place(&mut self, steps: Vec<String>) -> usize {
        let node = steps.into_iter().fold(&mut self.root, |node, step| node.members.entry(step).or_default());
        *node.place.get_or_insert_with(|| {
            self.count += 1;
            self.count - 1
        })
    }

    /// Returns the values at the places, as they are written in the JSON: `None` for those that it does not have, and for
    /// all of them if it is not JSON. Of several members with one name the first one counts, as it does for the id and the
    /// type of a delivery.
    pub(super) fn values<'b>(&self, json: &'b [u8]) -> Vec<Option<&'b RawValue>> {
        let mut values = vec![None; self.count];
        let mut reader = serde_json::Deserializer::from_slice(json);
        let search = Search { node: &self.root, values: &mut values };
        if search.deserialize(&mut reader).and_then(|()| reader.end()).is_err() {
            values.fill(None);
        }
        values
    }
}

/// Reads a value, and keeps those at the place of the node and below it.
struct Search<'n, 'v, 'b> {
    node: &'n Node,
    values: &'v mut [Option<&'b RawValue>],
}

impl<'b> DeserializeSeed<'b> for Search<'_, '_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { node, values } = self;
        let members = Members { members: &node.members, values };
        let Some(place) = node.place else { return deserializer.deserialize_any(members) };
        let value = <&RawValue>::deserialize(deserializer)?;
        if let Some(found) = members.values.get_mut(place) {
            *found = Some(value);
        }
        if node.members.is_empty() {
            return Ok(());
        }
        // A filter compares this value, and another one values in it.
        serde_json::Deserializer::from_str(value.get()).deserialize_any(members).map_err(Error::custom)
    }
}

/// Reads the members of an object or the items of an array that are on the way to a place. Other values have none.
struct Members<'n, 'v, 'b> {
    members: &'n HashMap<String, Node>,
    values: &'v mut [Option<&'b RawValue>],
}

impl<'b> Visitor<'b> for Members<'_, '_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found: Vec<&Node> = Vec::new();
        while let Some(node) = map.next_key_seed(Name(self.members))? {
            match node {
                Some(node) if !found.iter().any(|known| ptr::eq(*known, node)) => {
                    found.push(node);
                    map.next_value_seed(Search { node, values: self.values })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut items: A) -> Result<(), A::Error> {
        // The last position that is looked for: items after it are not numbered.
        let last = self.members.keys().filter_map(|step| step.parse::<usize>().ok()).max();
        for at in 0_usize.. {
            let node = last.filter(|last| at <= *last).and_then(|_| self.members.get(&at.to_string()));
            let item = match node {
                Some(node) => items.next_element_seed(Search { node, values: self.values })?,
                None => items.next_element::<IgnoredAny>()?.map(drop),
            };
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Reads the name of a member, and finds its node.
struct Name<'n>(&'n HashMap<String, Node>);

impl<'n, 'b> DeserializeSeed<'b> for Name<'n> {
    type Value = Option<&'n Node>;

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Name<'n> {
    type Value = Option<&'n Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.get(name))
    }
}
