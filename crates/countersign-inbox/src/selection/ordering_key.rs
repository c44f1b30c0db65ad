use std::fmt;
use std::sync::Arc;

use countersign::{ConfigError, Delivery};

use super::decimal::Decimal;
use super::parser::parse_path;
use super::paths::Paths;

/// Reads the ordering key of a delivery.
#[derive(Clone)]
pub(crate) struct OrderingKey(Source);

#[derive(Clone)]
enum Source {
    /// The value at the only place of the paths.
    Value(Paths),
    Function(Arc<KeyOf>),
    /// The path has a mistake: the problem and its cure.
    Mistaken(String),
}

type KeyOf = dyn Fn(&Delivery) -> Option<String> + Send + Sync;

impl OrderingKey {
    pub(crate) fn at(path: &str) -> Self {
        let mut paths = Paths::default();
        match parse_path(path) {
            Ok(steps) => {
                paths.place(steps);
                Self(Source::Value(paths))
            }
            Err(mistake) => Self(Source::Mistaken(format!("{mistake}; the path is `{path}`"))),
        }
    }

    pub(crate) fn from_fn(key_of: impl Fn(&Delivery) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Source::Function(Arc::new(key_of)))
    }

    /// Checks the path of an endpoint or subscription, whose name is a part of the error's field.
    pub(crate) fn check(&self, name: &str) -> Result<(), ConfigError> {
        match &self.0 {
            Source::Mistaken(problem) => {
                Err(ConfigError::new(format!("endpoint.{name}.ordering_key"), problem.clone()))
            }
            Source::Value(_) | Source::Function(_) => Ok(()),
        }
    }

    pub(crate) fn of(&self, delivery: &Delivery) -> Option<String> {
        match &self.0 {
            Source::Value(paths) => {
                text_of(paths.values(delivery.payload()).into_iter().next().flatten()?.get())
            }
            Source::Function(key_of) => key_of(delivery),
            Source::Mistaken(_) => None,
        }
    }
}

impl fmt::Debug for OrderingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderingKey").finish_non_exhaustive()
    }
}

/// Returns the text of a scalar of JSON, which is the same however it is written; none of `null`, an object or an array.
fn text_of(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        b'{' | b'[' | b'n' => None,
        b'"' => {
            let inner = value.trim_matches('"');
            // A surrogate without its pair is no text: what is written stands for it.
            let text = serde_json::from_str(value).unwrap_or_else(|_| inner.to_owned());
            Some(text)
        }
        b't' | b'f' => Some(value.to_owned()),
        _ => Decimal::parse(value).map(|number| number.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use countersign::providers::preflix;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn key(path: &str, data: serde_json::Value) -> Option<String> {
        let delivery = Delivery::for_test(&preflix::PROVIDER, "audit.completed", data);
        OrderingKey::at(path).of(&delivery)
    }

    #[test]
    fn a_scalar_is_a_key_and_other_values_are_none() {
        let cases = [
            (json!("job 1"), Some("job 1")),
            (json!("\"\\é\n"), Some("\"\\é\n")),
            (json!(""), Some("")),
            (json!(17), Some("17")),
            (json!("17"), Some("17")),
            (json!(-0.5), Some("-0.5")),
            (json!(true), Some("true")),
            (json!(null), None),
            (json!({"id": 1}), None),
            (json!(["a"]), None),
        ];
        for (value, expected) in cases {
            let data = json!({"job": {"id": value, "other": 1}});
            for path in ["/data/job/id", "data.job.id"] {
                assert_eq!(key(path, data.clone()).as_deref(), expected, "{path} of {data}");
            }
            assert_eq!(key("/data/job/missing", data), None);
        }
    }

    #[test]
    fn a_malformed_path_is_refused() {
        for path in ["", "/", "data..id", "data.", "data/id", "/data/~2", "data.id == 1"] {
            let refused = OrderingKey::at(path).check("orders");
            assert_eq!(refused.is_err(), path != "/", "{path:?}: {refused:?}");
            if let Err(error) = refused {
                assert!(error.to_string().contains("endpoint.orders.ordering_key"), "{error}");
            }
        }
    }

    #[test]
    fn a_path_of_another_notation_is_refused_with_the_right_one() {
        for (path, cure) in [("json:/job/id", "write `/job/id`;"), ("$.job.id", "write `job.id`;")] {
            let refused = OrderingKey::at(path).check("orders").unwrap_err().to_string();
            assert!(refused.contains(cure), "{refused}");
        }
        assert!(OrderingKey::at("$type.id").check("orders").is_ok());
    }

    #[test]
    fn a_surrogate_without_its_pair_is_a_key() {
        assert_eq!(text_of(r#""\ud800""#).as_deref(), Some(r"\ud800"));
    }

    proptest! {
        /// However a number is written, its text is one, and reads as the same number.
        #[test]
        fn a_number_has_one_text(digits in -9_999_999_i64..9_999_999, shift in 0..30_u32, zeros in 0..4_usize) {
            let plain = format!("{digits}e-{shift}");
            let more = "0".repeat(zeros);
            let other = match digits {
                0 => "0.0".to_owned(),
                _ => format!("{digits}{more}e-{}", shift as usize + zeros),
            };
            let text = text_of(&plain).unwrap();
            prop_assert_eq!(Some(text.clone()), text_of(&other));
            prop_assert_eq!(Decimal::parse(&text), Decimal::parse(&plain));
        }
    }
}
