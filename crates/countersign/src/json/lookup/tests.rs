use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::scheme::Pointer;

fn looked_up(body: &str, pointers: [&'static str; 2]) -> [Option<String>; 2] {
    let tokens = pointers.map(|pointer| Pointer::new(pointer).tokens());
    let [first, second] = &tokens;
    lookup(body.as_bytes(), [Some(first), Some(second)])
        .map(|found| found.map(|found| found.as_str(body.as_bytes()).to_owned()))
}

#[test]
fn scalars_are_found_at_any_depth_and_in_any_order() {
    let body = r#"{"x":[1,{"y":"z"}],"type":"a.b","data":{"id":"evt_1","n":[7,8]}}"#;
    assert_eq!(looked_up(body, ["/data/id", "/type"]), [Some("evt_1".into()), Some("a.b".into())]);
    assert_eq!(looked_up(body, ["/x/1/y", "/data/n/1"]), [Some("z".into()), Some("8".into())]);
    assert_eq!(looked_up(r#"[{"eventId":9}]"#, ["/0/eventId", "/1/eventId"]), [Some("9".into()), None]);
}

#[test]
fn one_path_may_be_the_start_of_another() {
    assert_eq!(looked_up(r#"{"a":{"b":"c"},"d":1}"#, ["/a/b", "/d"]), [Some("c".into()), Some("1".into())]);
    assert_eq!(looked_up(r#"{"a":"x"}"#, ["/a", "/a/b"]), [Some("x".into()), None]);
    assert_eq!(looked_up(r#"{"a":{"b":1},"c":2}"#, ["/a", "/a/b"]), [None, Some("1".into())]);
    assert_eq!(looked_up(r#"[[7],8]"#, ["/0", "/0/0"]), [None, Some("7".into())]);
    assert_eq!(looked_up(" 7 ", ["", "/a"]), [Some("7".into()), None]);
}

#[test]
fn escapes_are_resolved() {
    assert_eq!(
        looked_up(r#"{"\u0061":"\u00e9\n","b":"é"}"#, ["/a", "/b"]),
        [Some("é\n".into()), Some("é".into())]
    );
}

#[test]
fn what_is_not_scalar_or_not_there_is_none() {
    assert_eq!(looked_up(r#"{"a":{},"b":null}"#, ["/a", "/b"]), [None, None]);
    for body in ["", "not json", "7", "{", r#"{"a"}"#, "[[", "\u{feff}{}"] {
        assert_eq!(looked_up(body, ["/a", "/b"]), [None, None], "{body}");
    }
}

#[test]
fn members_behind_the_one_that_was_found_do_not_end_the_pass() {
    let body = r#"{"event":{"type":"app_mention","user":"U1","x":[1,{}]},"event_id":"Ev1"}"#;
    assert_eq!(
        looked_up(body, ["/event/type", "/event_id"]),
        [Some("app_mention".into()), Some("Ev1".into())]
    );
    let body = r#"{"a":[{"b":1,"c":2},3,{"d":4}],"e":5}"#;
    assert_eq!(looked_up(body, ["/a/0/b", "/e"]), [Some("1".into()), Some("5".into())]);
    assert_eq!(looked_up(body, ["/a/01", "/e"]), [None, Some("5".into())]);
}

#[test]
fn the_pass_stops_inside_the_last_value() {
    let body = r#"{"type":"a","data":{"id":1, this is not json"#;
    assert_eq!(looked_up(body, ["/data/id", "/type"]), [Some("1".into()), Some("a".into())]);
}

#[test]
fn the_pass_stops_when_everything_is_found() {
    assert_eq!(
        looked_up(r#"{"a":"1","b":"2", this is not json"#, ["/a", "/b"]),
        [Some("1".into()), Some("2".into())]
    );
}

#[test]
fn deep_nesting_is_an_end_not_a_crash() {
    let body = "[".repeat(100_000);
    assert_eq!(looked_up(&body, ["/a", "/0/0"]), [None, None]);
}

/// JSON as it may be written: members in any order, keys more than once, escapes, spaces.
#[derive(Clone, Debug)]
enum Written {
    Scalar(Value),
    Array(Vec<Written>),
    Object(Vec<(&'static str, bool, Written)>),
}

impl Written {
    fn write(&self, spaces: &str) -> String {
        match self {
            Self::Scalar(value) => value.to_string(),
            Self::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| item.write(spaces)).collect();
                format!("[{spaces}{}]", items.join(&format!("{spaces},")))
            }
            Self::Object(members) => {
                let member = |(key, escaped, value): &(&str, bool, Self)| {
                    let units = key.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
                    let key = if *escaped {
                        format!("\"{}\"", units.collect::<String>())
                    } else {
                        format!("{key:?}")
                    };
                    format!("{key}{spaces}:{}{spaces}", value.write(spaces))
                };
                let members: Vec<_> = members.iter().map(member).collect();
                format!("{{{spaces}{}}}", members.join(&format!(",{spaces}")))
            }
        }
    }

    /// The value that it stands for: the first of several members with one key counts.
    fn value(&self) -> Value {
        match self {
            Self::Scalar(value) => value.clone(),
            Self::Array(items) => items.iter().map(Self::value).collect(),
            Self::Object(members) => {
                let mut object = Map::new();
                for (key, _, value) in members {
                    object.entry(*key).or_insert_with(|| value.value());
                }
                Value::Object(object)
            }
        }
    }
}

const KEYS: [&str; 7] = ["a", "b", "c", "0", "1", "é/~", ""];

fn written() -> impl Strategy<Value = Written> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z\"\\\\\n\u{1f600}é]{0,6}".prop_map(Value::from),
    ];
    scalar.prop_map(Written::Scalar).prop_recursive(6, 60, 6, |inner| {
        let member = (prop::sample::select(&KEYS[..]), any::<bool>(), inner.clone());
        prop_oneof![
            1 => prop::collection::vec(inner, 0..5).prop_map(Written::Array),
            3 => prop::collection::vec(member, 0..7).prop_map(Written::Object),
        ]
    })
}

fn pointer() -> impl Strategy<Value = Vec<String>> {
    let step =
        prop_oneof![4 => prop::sample::select(&KEYS[..]), 1 => Just("00"), 1 => Just("-"), 1 => Just("2")];
    prop::collection::vec(step.prop_map(str::to_owned), 0..5)
}

/// The value that `serde_json` finds, as text.
fn found_by_serde(value: &Value, path: &[String]) -> Option<String> {
    let step = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
    match value.pointer(&path.iter().map(step).collect::<String>())? {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lookups_equal_those_of_serde_json(
        written in written(),
        paths in prop::array::uniform4(pointer()),
        spaces in prop::sample::select(&["", " \n"][..]),
    ) {
        let (body, value) = (written.write(spaces), written.value());
        let found = lookup(body.as_bytes(), paths.each_ref().map(|path| Some(path.as_slice())));
        for (found, path) in found.into_iter().zip(&paths) {
            let found = found.map(|found| found.as_str(body.as_bytes()).to_owned());
            prop_assert_eq!(found, found_by_serde(&value, path), "{:?} in {}", path, body);
        }
    }
}
