use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// A condition as a test writes it and evaluates it on a parsed body.
#[derive(Clone, Debug)]
pub(super) enum Written {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Exists(Path),
    Is(Path, &'static str, Value),
    In(Path, Vec<Value>),
}

#[derive(Clone, Debug)]
pub(super) struct Path {
    steps: Vec<String>,
    is_pointer: bool,
}

impl Path {
    fn text(&self) -> String {
        let pointer: String = self.pointer();
        let is_like_a_number = self.steps[0].starts_with(|c: char| c.is_ascii_digit());
        if self.is_pointer
            || is_like_a_number
            || self.steps.iter().any(|step| step.is_empty() || step.contains(['/', '~', '.', ' ']))
        {
            return serde_json::to_string(&pointer).unwrap();
        }
        self.steps.join(".")
    }

    fn pointer(&self) -> String {
        self.steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
    }
}

impl Written {
    pub(super) fn text(&self) -> String {
        let joined = |parts: &[Self], word: &str| {
            parts.iter().map(|part| format!("({})", part.text())).collect::<Vec<_>>().join(word)
        };
        match self {
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Not(part) => format!("not ({})", part.text()),
            Self::Exists(path) => format!("{} exists", path.text()),
            Self::Is(path, operator, value) => format!("{} {operator} {value}", path.text()),
            Self::In(path, values) => format!("{} in {}", path.text(), Value::from(values.clone())),
        }
    }

    /// Evaluates the condition with what serde_json knows of pointers, values and numbers.
    pub(super) fn is_true(&self, body: &Value) -> bool {
        let found = |path: &Path| body.pointer(&path.pointer());
        let same = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        };
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_true(body)),
            Self::Any(parts) => parts.iter().any(|part| part.is_true(body)),
            Self::Not(part) => !part.is_true(body),
            Self::Exists(path) => found(path).is_some(),
            Self::In(path, values) => {
                found(path).is_some_and(|found| values.iter().any(|value| same(found, value)))
            }
            Self::Is(path, operator, value) => {
                let Some(found) = found(path) else { return false };
                let pair = found.as_f64().zip(value.as_f64());
                match *operator {
                    "==" => same(found, value),
                    "!=" => !same(found, value),
                    "<" => pair.is_some_and(|(a, b)| a < b),
                    "<=" => pair.is_some_and(|(a, b)| a <= b),
                    ">" => pair.is_some_and(|(a, b)| a > b),
                    _ => pair.is_some_and(|(a, b)| a >= b),
                }
            }
        }
    }
}

/// Few names, so that paths find values; some are positions, and some need escapes.
fn step() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "0", "1", "", "a.b", "a/~b", "é x", "$id", "01"]).prop_map(str::to_owned)
}

/// Few values, so that some are equal. Those of `f64` are exact.
fn scalar() -> impl Strategy<Value = Value> {
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.0),
        json!(1.5),
        json!(-0.25),
        json!(1e20),
        json!(1000),
        json!("a"),
        json!("1"),
        json!(""),
        json!("\"'\\é\n"),
        json!("true"),
        json!("a) or (b"),
    ];
    select(values.to_vec())
}

pub(super) fn body() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(step(), inner, 0..5)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

pub(super) fn written() -> impl Strategy<Value = Written> {
    let path = || {
        (proptest::collection::vec(step(), 1..4), any::<bool>())
            .prop_map(|(steps, is_pointer)| Path { steps, is_pointer })
    };
    let numbers = scalar().prop_filter("a number", Value::is_number);
    let leaf = prop_oneof![
        path().prop_map(Written::Exists),
        (path(), select(&["==", "!="][..]), scalar())
            .prop_map(|(path, is, value)| Written::Is(path, is, value)),
        (path(), select(&["<", "<=", ">", ">="][..]), numbers)
            .prop_map(|(path, is, value)| Written::Is(path, is, value)),
        (path(), proptest::collection::vec(scalar(), 1..4))
            .prop_map(|(path, values)| Written::In(path, values)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let parts = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts().prop_map(Written::All),
            parts().prop_map(Written::Any),
            inner.clone().prop_map(|part| Written::Not(Box::new(part))),
        ]
    })
}
