use proptest::prelude::*;
use proptest::sample::select;

use super::condition::Condition;
use super::parser::parse;
use super::paths::Paths;
use super::written::{body, written};

fn parsed(text: &str) -> (Condition, Paths) {
    let mut paths = Paths::default();
    let condition = parse(text, &mut paths).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
    (condition, paths)
}

fn holds(text: &str, body: &[u8]) -> bool {
    let (condition, paths) = parsed(text);
    condition.is_true(&paths.values(body))
}

#[test]
fn conditions_hold_for_these_bodies_and_not_for_those() {
    let body = r#"{
        "data": {"amount": 1000, "environment": "production", "id": "9007199254740993", "paid": true, "gone": null,
            "items": [{"price": 1.10}, {"price": 2}], "a.b": 1, "x/y": 2, "m~n": 3, "größe": 4, "price": 0.1},
        "big": 9007199254740993, "not": 5, "quote": "a\"\u00e9\/", "": 6, "data": {"amount": 1}
    }"#;
    for condition in [
        "data.amount >= 1000",
        "data.amount <= 1e3 and data.amount > 999.99 and data.amount < 1000.01",
        r#"data.environment == "production""#,
        "data.environment == 'production'",
        "data.environment != 'sandbox' and data.amount != '1000'",
        "data.environment in ['sandbox', 'production', 1]",
        "big == 9007199254740993 and big != 9007199254740992 and big > 9007199254740992",
        "data.price == 1e-1 and data.price < 0.100000000000000000001",
        "data.paid == true and data.paid != false and data.paid != 'true'",
        "data.gone exists and data.gone == null and not data.gone != null",
        "data.items.0.price == 1.1 and data.items.1 exists and not data.items.2 exists",
        "/data/items/1/price == 2.0",
        r#""/data/a.b" == 1 and "/data/x~1y" == 2 and /data/m~0n == 3 and data.größe == 4 and / == 6"#,
        "/not == 5",
        r#"quote == "a\"é/" and quote == 'a"é/'"#,
        "data exists and data.amount exists and data.amount.x exists or data exists",
        "not (data.amount < 1000 or data.environment == 'sandbox')",
        "not not data.paid == true",
        // `and` binds closer than `or`.
        "data.paid == true or data.paid == true and data.paid == false",
        "\n data.amount==1000\tand(data.paid==true)",
    ] {
        assert!(holds(condition, body.as_bytes()), "{condition}");
    }
    for condition in [
        // A value that is missing is in no relation.
        "data.none == 1",
        "data.none != 1",
        "data.none < 1",
        "data.none in [1]",
        "data.none == null",
        "none.none.none exists",
        // Values of other kinds are not converted, and have no order.
        "data.id == 9007199254740993",
        "data.id > 0",
        "data.amount == '1000'",
        "data.paid == 'true'",
        "data.environment == 'Production'",
        "data.gone < 1",
        "data.items == 2",
        "data.items.00 exists",
        "data.items.-1 exists",
        "data.amount > 1000",
        "(data.paid == true or data.paid == true) and data.paid == false",
    ] {
        assert!(!holds(condition, body.as_bytes()), "{condition}");
    }
}

#[test]
fn a_body_that_is_not_json_has_no_values() {
    for body in
        ["", "amount=5", "{\"amount\":5", "{\"amount\":5} x", "{\"amount\":5,}", "\u{feff}{\"amount\":5}"]
    {
        assert!(!holds("amount == 5", body.as_bytes()), "{body}");
        assert!(!holds("amount exists", body.as_bytes()), "{body}");
        assert!(holds("not amount == 5", body.as_bytes()), "{body}");
    }
    assert!(!holds("amount exists", b"{\"amount\":\"\xff\"}"));
    assert!(!holds("amount exists", format!("{{\"x\":{}", "[".repeat(200_000)).as_bytes()));
}

/// An object and a value in it are compared, in either order.
#[test]
fn a_place_may_be_within_another() {
    for condition in ["a exists and a.b.c == 1 and a.b exists", "a.b.c == 1 and a.b exists and a exists"] {
        assert!(holds(condition, br#"{"a":{"b":{"c":1}}}"#), "{condition}");
        assert!(!holds(condition, br#"{"a":{"b":1}}"#), "{condition}");
        assert!(!holds(condition, br#"{"a":{"b":{}},"a":{"b":{"c":1}}}"#), "the first member counts");
    }
}

#[test]
fn a_mistake_is_named_with_its_column_and_a_cure() {
    for (text, column, cure) in [
        ("", 1, "expected the path of a value"),
        ("   ", 4, "found the end"),
        ("data.amount", 12, "expected a comparison"),
        ("data.amount = 5", 13, "write `==`"),
        ("data.amount >= ", 16, "expected a value"),
        ("data.amount >= '5'", 16, "only numbers have an order"),
        ("data.amount => 5", 13, "`=>` is no comparison"),
        ("größe => 5", 7, "`=>` is no comparison"),
        ("a == 1 && b == 2", 8, "write `and`"),
        ("a == 1 || b == 2", 8, "write `or`"),
        ("!a == 1", 1, "write `not`"),
        ("a == 1 b == 2", 8, "expected `and`, `or` or the end"),
        ("a == 1)", 7, "found `)`"),
        ("(a == 1", 8, "`)`"),
        ("(a == 1 or", 11, "found the end"),
        ("a == 1_000", 6, "`1_000` is not a number of JSON"),
        ("a == 01", 6, "`01` is not a number"),
        ("a == production", 6, "a text in quotation marks"),
        ("a == \"production", 6, "has no end"),
        ("a == 'production", 6, "has no end"),
        ("a == \"\\d\"", 6, "is not a text of JSON"),
        ("\"a\" == 1", 1, "without quotation marks"),
        ("1 == a", 1, "expected the path"),
        ("a in 'x'", 6, "expected `[`"),
        ("a in []", 7, "expected a value"),
        ("a in ['x' 'y']", 11, "expected `,` or `]`"),
        ("in == 5", 1, "`/in` is a member of that name"),
        ("items[0].price == 5", 6, "numbered from 0"),
        ("data..amount == 5", 1, "a dot without a name"),
        ("data.amount. == 5", 1, "a dot without a name"),
        ("data/amount == 5", 1, "begins with a slash"),
        ("/data~2 == 5", 1, "`~0`"),
        ("data.* == 5", 1, "a dot without a name"),
        ("a*b == 5", 2, "`*` is unexpected"),
        ("data == 5 or *", 14, "`*` is unexpected"),
        ("a == 1;", 7, "`;` is unexpected"),
    ] {
        let mistake = parse(text, &mut Paths::default()).unwrap_err().to_string();
        assert!(mistake.starts_with(&format!("column {column}: ")), "{text}: {mistake}");
        assert!(mistake.contains(cure), "{text}: {mistake}");
    }
    let deep = |count| format!("{}a == 1{}", "(".repeat(count), ")".repeat(count));
    assert!(parse(&deep(64), &mut Paths::default()).is_ok());
    for deep in [deep(65), deep(100_000), "not ".repeat(100_000)] {
        let mistake = parse(&deep, &mut Paths::default()).unwrap_err().to_string();
        assert!(mistake.contains("more than 64"), "{mistake}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_is_as_true_as_on_the_parsed_body(written in written(), body in body(), is_pretty in any::<bool>()) {
        let print = if is_pretty { serde_json::to_vec_pretty } else { serde_json::to_vec };
        let text = written.text();
        let (condition, paths) = parsed(&text);
        let found = condition.is_true(&paths.values(&print(&body).unwrap()));
        prop_assert_eq!(found, written.is_true(&body), "{} on {}", text, body);
    }

    /// Any text and any body: neither parser nor evaluation panics, and a mistake is within the text.
    #[test]
    fn nothing_panics(text in any_text(), body in any::<Vec<u8>>()) {
        let mut paths = Paths::default();
        match parse(&text, &mut paths) {
            Ok(condition) => _ = condition.is_true(&paths.values(&body)),
            Err(mistake) => {
                let shown = mistake.to_string();
                let column: usize = shown.strip_prefix("column ").unwrap().split(':').next().unwrap().parse().unwrap();
                prop_assert!((1..=text.chars().count() + 1).contains(&column), "{}: {}", text, shown);
            }
        }
    }
}

/// Characters, and parts of filters in any order.
fn any_text() -> impl Strategy<Value = String> {
    let parts = vec![
        "a",
        "data.x",
        "/a~1b",
        "/",
        "not",
        "and",
        "or",
        "in",
        "exists",
        "true",
        "null",
        "(",
        ")",
        "[",
        "]",
        ",",
        "==",
        "!=",
        "<",
        ">=",
        "=",
        "&&",
        "1",
        "-1.5e3",
        "01",
        "-",
        "\"x\"",
        "'x'",
        "\"",
        "'",
        "\"\\u00\"",
        "é",
        "~",
        ".",
        "\u{2028}",
    ];
    prop_oneof![
        ".{0,40}",
        proptest::collection::vec(select(parts), 0..12).prop_map(|parts| parts.join(" ")),
        "[a. /~()\\[\\]=<>!&|'\"\\\\0-9,-]{0,20}",
    ]
}
