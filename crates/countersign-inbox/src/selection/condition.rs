use std::cmp::Ordering;

use serde_json::value::RawValue;

use super::decimal::Decimal;

/// A condition on the values of a body, whose places are numbered by [`Paths`](super::paths::Paths).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Exists(usize),
    Is(usize, Comparison, Literal),
    In(usize, Vec<Literal>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Text(String),
    Number(Decimal),
}

impl Condition {
    /// Returns whether the condition is true of these values. A comparison with an absent value is false.
    pub(super) fn is_true(&self, values: &[Option<&RawValue>]) -> bool {
        let value = |place: usize| values.get(place).copied().flatten().map(RawValue::get);
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.is_true(values)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.is_true(values)),
            Self::Not(condition) => !condition.is_true(values),
            Self::Exists(place) => value(*place).is_some(),
            Self::Is(place, comparison, literal) => {
                value(*place).is_some_and(|value| comparison.is_true(value, literal))
            }
            Self::In(place, literals) => {
                value(*place).is_some_and(|value| literals.iter().any(|literal| literal.is(value)))
            }
        }
    }
}

impl Comparison {
    pub(super) fn of(operator: &str) -> Option<Self> {
        Some(match operator {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::Greater,
            ">=" => Self::AtLeast,
            _ => return None,
        })
    }

    /// Returns whether it compares the order of numbers.
    pub(super) const fn is_of_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    fn is_true(self, value: &str, literal: &Literal) -> bool {
        let order = || literal.order_of(value);
        match self {
            Self::Equal => literal.is(value),
            Self::NotEqual => !literal.is(value),
            Self::Less => order() == Some(Ordering::Less),
            Self::AtMost => order().is_some_and(Ordering::is_le),
            Self::Greater => order() == Some(Ordering::Greater),
            Self::AtLeast => order().is_some_and(Ordering::is_ge),
        }
    }
}

impl Literal {
    /// Returns whether a value of a body, as it is written there, is the same.
    fn is(&self, value: &str) -> bool {
        match self {
            Self::Null => value == "null",
            Self::Bool(literal) => value == if *literal { "true" } else { "false" },
            Self::Text(literal) => match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
                Some(inner) if !inner.contains('\\') => inner == literal,
                Some(_) => serde_json::from_str::<String>(value).is_ok_and(|text| text == *literal),
                None => false,
            },
            Self::Number(_) => self.order_of(value) == Some(Ordering::Equal),
        }
    }

    /// Returns the order of a value relative to the literal, if both are numbers.
    fn order_of(&self, value: &str) -> Option<Ordering> {
        let Self::Number(literal) = self else { return None };
        Some(Decimal::parse(value)?.cmp(literal))
    }
}
