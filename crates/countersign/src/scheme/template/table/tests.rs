//! Tests that walk the table, so that they cover each new row.

mod request;

use std::collections::BTreeSet;

use request::{CHANGES, Change, Request, declared, written};

use super::super::template::Template;
use super::*;
use crate::providers;
use crate::scheme::Location;

#[test]
fn a_row_parses_and_prints_as_it_is_written() {
    for row in TABLE {
        let written = written(row);
        let content = Template::from(written.clone()).parse().unwrap();
        let value = content.values().next().unwrap();
        let inner = row.name.strip_suffix("PLACEHOLDER").map(|_| "body");
        assert_eq!(value.row.name, inner.unwrap_or(row.name), "another row takes {written}");
        let parts = content.before.iter().chain(&content.body).chain(&content.after);
        assert_eq!(parts.map(|part| part.written()).collect::<String>(), written);
        assert!(row.about.starts_with(|first: char| !first.is_whitespace()) && !row.about.ends_with('.'));
    }
}

/// The documentation of [`Template`] includes the list.
#[test]
fn the_list_in_the_documentation_is_the_table() {
    let rows: String =
        Template::placeholders().map(|(name, about)| format!("| `{{{name}}}` | {about} |\n")).collect();
    let expected = format!("| placeholder | stands for |\n|---|---|\n{rows}");
    assert_eq!(include_str!("../placeholders.md"), expected, "write this into placeholders.md:\n{expected}");
}

/// The parser and the documentation handle these words in capitals only.
#[test]
fn the_argument_of_a_row_has_a_known_form() {
    let known = ["", "HEADER", "MEMBERS", "NAME", "NAMES", "PLACEHOLDER", "POINTER"];
    for row in TABLE {
        assert!(known.contains(&row.argument), "{}", row.name);
    }
}

#[test]
fn a_row_is_in_use() {
    let mut used = BTreeSet::new();
    for provider in providers::all() {
        let checks = provider.scheme.checks.iter().map(|check| &check.equals);
        for template in checks.chain([&provider.scheme.content]) {
            let content = template.parse().unwrap();
            used.extend(content.values().map(|value| value.row.name));
            used.extend(content.values().filter(|value| value.in_base64).map(|_| "base64:PLACEHOLDER"));
        }
    }
    let unused: Vec<_> = TABLE.iter().map(|row| row.name).filter(|name| !used.contains(name)).collect();
    assert_eq!(
        unused, FOR_OWN_DECLARATIONS,
        "list in FOR_OWN_DECLARATIONS exactly the rows that no declaration of the catalogue uses"
    );
}

/// The rows that no declaration of the catalogue uses: Alipay's way to join fields, and a part of the URL. `tests/verifiers`
/// and `tests/possible` have declarations with them.
const FOR_OWN_DECLARATIONS: [&str; 3] = ["form:pairs", "form:pairs-without:NAMES", "query"];

#[test]
fn a_row_changes_with_what_it_covers_and_with_nothing_else() {
    // Some rows need a feature.
    let has_jwt = cfg!(feature = "jwt");
    let is_built = |row: &&Transform| {
        !matches!(row.apply, Apply::Feature(_)) && (has_jwt || row.needs != Needs::HeadersOfClaim)
    };
    for row in TABLE.iter().filter(is_built) {
        let genuine = Request::of(row);
        let value = genuine.value(row);
        assert!(row.needs == Needs::Secret || !value.is_empty(), "{} renders nothing", row.name);
        for change in CHANGES {
            let Some(changed) = genuine.with(*change) else { continue };
            let (other, name) = (changed.value(row), row.name);
            assert_eq!(other != value, changes(row, *change), "{name} {change:?}: {}", show(&other));
            if row.shape == Shape::Fixed && row.needs != Needs::Parameter {
                assert_eq!(other.len(), value.len(), "{name}");
            }
            if row.shape == Shape::Number {
                assert!(other.iter().all(u8::is_ascii_digit), "{name}: {}", show(&other));
            }
        }
    }
}

/// A row has `Shape::Mixed` exactly if other fields make the same text.
#[test]
fn fields_that_can_exchange_bytes_are_mixed() {
    for row in TABLE.iter().filter(|row| row.needs == Needs::Form) {
        let value = |body: &str| Request { body: body.to_owned(), ..Request::of(row) }.value(row);
        let genuine = value("a=1&b=2");
        let is_alike = |body| value(body) == genuine;
        let is_mixed = is_alike("a=1b2") || is_alike("a=1%26b%3D2");
        assert_eq!(is_mixed, row.shape == Shape::Mixed, "{}", row.name);
    }
}

/// A value is reported as signed where changing it changes the content, and no boundary can be moved.
#[test]
fn what_is_reported_as_signed_follows_from_the_row() {
    let binds_values = |row: &&Transform| !matches!(row.covers, Covers::Listed | Covers::Checksum);
    for row in TABLE.iter().filter(binds_values) {
        for (at, change) in [
            ("header:x-a", Change::HeaderA),
            ("query:a", Change::QueryA),
            ("json:/a", Change::ValueA),
            ("form:a", Change::ValueA),
        ] {
            let request = Request::of(row);
            let kind = if at.starts_with("form") { Needs::Form } else { Needs::Json };
            let is_elsewhere = change == Change::ValueA && row.needs != kind && row.needs != Needs::Body;
            if is_elsewhere || request.with(change).is_none() {
                continue;
            }
            let at = Location::try_from(at.to_owned()).unwrap();
            let provider = declared(row).with_event_type(at.clone());
            let is_signed = provider.coverage().unwrap().event_type;
            let is_ambiguous = matches!(row.covers, Covers::Url { query: QueryPart::Ambiguous, .. });
            let is_bound = row.shape != Shape::Mixed && !is_ambiguous;
            assert_eq!(is_signed, changes(row, change) && is_bound, "{} {at}", row.name);
        }
    }
}

/// Returns whether the value changes, according to `covers`.
fn changes(row: &Transform, change: Change) -> bool {
    let (is_value, is_listed) = (row.covers == Covers::Value, row.covers == Covers::Listed);
    let needs = |needs| is_value && row.needs == needs;
    let url = |part: fn(bool, bool, bool) -> bool| match row.covers {
        Covers::Url { origin, path, query } => part(origin, path, query != QueryPart::Absent),
        _ => false,
    };
    let is_body = row.covers.is_body() || row.covers == Covers::Checksum;
    let all = is_body || matches!(row.covers, Covers::Values | Covers::OtherValues);
    match change {
        Change::Id => needs(Needs::Id),
        Change::Timestamp => needs(Needs::Timestamp) || is_listed,
        Change::Method => needs(Needs::Method),
        Change::Origin => url(|origin, _, _| origin),
        Change::Path => url(|_, path, _| path),
        Change::QueryA => needs(Needs::Query) || url(|_, _, query| query),
        Change::QueryB => url(|_, _, query| query),
        Change::HeaderA => needs(Needs::Header) || is_listed,
        Change::ItemA => needs(Needs::SignatureItem),
        Change::HeaderB | Change::ItemB => false,
        Change::Bytes => is_body,
        Change::ValueA => all || needs(Needs::Form) || needs(Needs::Json),
        Change::ValueB => all,
        Change::ValueC => all && row.argument != "NAMES",
        Change::Signature => all && row.covers != Covers::OtherValues,
    }
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
