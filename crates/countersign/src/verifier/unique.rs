//! Bodies of which only parts are signed must have one reading: a member that is there twice is signed once, and who reads
//! the body next may take the other.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::form;

/// Whether no object of a JSON body has a member twice.
pub(super) fn has_unique_members(body: &[u8]) -> bool {
    serde_json::from_slice::<Unique>(body).is_ok()
}

/// Whether no field of a form is there twice with different values.
pub(super) fn has_unique_fields(body: &[u8]) -> bool {
    let mut fields = std::collections::HashMap::new();
    form::fields(body).all(|(name, value)| match fields.insert(name, value.clone()) {
        None => true,
        Some(before) => before == value,
    })
}

/// Any value without duplicates; of what it says nothing is kept.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut seen = HashSet::new();
        while let Some(Name(name)) = map.next_key()? {
            if !seen.insert(name) {
                return Err(A::Error::custom("a member is there twice"));
            }
            map.next_value::<Unique>()?;
        }
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unique, A::Error> {
        while seq.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }
}

/// The name of a member, unescaped: two ways of writing one name are one name.
#[derive(Eq, Hash, PartialEq, serde::Deserialize)]
struct Name<'n>(#[serde(borrow)] Cow<'n, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_may_be_there_once_however_it_is_written() {
        for body in [r#"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}],"d":[1.5,null,true,"a",-1]}"#, "[]", "1"] {
            assert!(has_unique_members(body.as_bytes()), "{body}");
        }
        for body in [r#"{"a":1,"a":1}"#, r#"{"b":[{"a":1,"a":2}]}"#, r#"{"a":1,"\u0061":2}"#, "{", ""] {
            assert!(!has_unique_members(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn a_field_may_be_repeated_but_not_changed() {
        assert!(has_unique_fields(b"a=1&b=2&a=1") && has_unique_fields(b""));
        assert!(!has_unique_fields(b"a=1&a=2") && !has_unique_fields(b"a=1&%61=2"));
    }
}
