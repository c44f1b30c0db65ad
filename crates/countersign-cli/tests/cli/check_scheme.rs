//! Tests of `check-scheme`.

use serde_json::{Value, json};

use crate::support::{ACME, Ran, file, run};

fn declaration(name: &str, content: &str) -> String {
    let text = format!(
        "slug = \"own\"\nname = \"Own\"\ndoc = \"x\"\n[scheme]\nalgorithm = \"hmac-sha256\"\ncontent = \"{content}\"\n\
         signature = {{ at = \"header:x-sig\", encoding = \"hex\" }}\n\
         timestamp = {{ at = \"header:x-time\", format = \"seconds\", tolerance = 300 }}\n\
         [event]\nid = \"json:/id\"\ntype = \"header:x-type\"\n"
    );
    file(name, text.as_bytes())
}

fn part<'r>(report: &'r Value, name: &str) -> &'r Value {
    let mut parts = report["parts"].as_array().unwrap().iter();
    parts.find(|part| part["part"] == name).unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn the_declaration_of_the_example_covers_what_it_names() {
    let ran = run(&["check-scheme", ACME]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("round trip passed"), "{ran:?}");
    let report = run(&["check-scheme", ACME, "--json"]).json();
    assert_eq!((&report["ok"], &report["warnings"]), (&json!(true), &json!([])), "{report}");
    for (name, is_signed, changed) in [
        ("method", false, "accepted"),
        ("header acme-nonce", true, "refused: signature_mismatch"),
        ("timestamp", true, "refused: signature_mismatch"),
        ("id", true, "refused: signature_mismatch"),
        ("body", true, "refused: signature_mismatch"),
    ] {
        let part = part(&report, name);
        assert_eq!((&part["is_signed"], &part["changed"]), (&json!(is_signed), &json!(changed)), "{part}");
    }
}

#[test]
fn what_is_not_signed_is_said_and_is_no_failure() {
    let path = declaration("body-only.toml", "{body}");
    let report = run(&["check-scheme", &path, "--json"]).json();
    for name in ["timestamp", "type"] {
        let part = part(&report, name);
        assert_eq!((&part["is_signed"], &part["changed"]), (&json!(false), &json!("accepted")), "{part}");
    }
    let warned = !report["warnings"].as_array().unwrap().is_empty();
    let denied = run(&["check-scheme", &path, "--deny-warnings"]).code;
    assert_eq!((run(&["check-scheme", &path]).code, denied), (0, i32::from(warned)), "{report}");
}

#[test]
fn an_unsigned_id_and_a_body_that_is_signed_in_part_are_warnings() {
    let text = |content: &str| {
        format!(
            "slug = \"own\"\nname = \"Own\"\ndoc = \"x\"\n[scheme]\nalgorithm = \"hmac-sha256\"\n\
             content = \"{content}\"\nsignature = {{ at = \"header:x-sig\", encoding = \"hex\" }}\n\
             [event]\nid = \"header:x-id\"\n"
        )
    };
    for (name, content, field, says) in [
        ("id.toml", "{body}", "event.id", "the signature does not cover the id at `header:x-id`"),
        (
            "part.toml",
            "{header:x-id}.{json:/a}",
            "scheme.content",
            "the signature covers parts of the body only",
        ),
        ("crc.toml", "{header:x-id}.{body:crc32}", "scheme.content", "the signature covers a checksum"),
    ] {
        let path = file(name, text(content).as_bytes());
        let warnings = run(&["check-scheme", &path, "--json"]).json()["warnings"].clone();
        let [warning] = warnings.as_array().unwrap().as_slice() else { panic!("{name}: {warnings}") };
        let warning = warning.as_str().unwrap();
        assert!(warning.starts_with(&format!("`{field}`: {says}")), "{warning}");
        assert_eq!(run(&["check-scheme", &path, "--deny-warnings"]).code, 1);
    }
}

#[test]
fn a_part_that_can_exchange_bytes_is_not_called_signed_and_is_a_warning() {
    let path = declaration("exchange.toml", "{header:x-a}{body}");
    let report = run(&["check-scheme", &path, "--json"]).json();
    assert_eq!(part(&report, "header x-a")["is_signed"], false, "{report}");
    assert!(report["warnings"].to_string().contains("{header:x-a}"), "{report}");
    assert_eq!(run(&["check-scheme", &path]).code, 0);
    assert_eq!(run(&["check-scheme", &path, "--deny-warnings"]).code, 1);
}

#[test]
fn a_declaration_that_cannot_work_is_exit_code_2_with_field_and_cure() {
    let path = declaration("unknown.toml", "{nothing}");
    let ran: Ran = run(&["check-scheme", &path]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("scheme.content") && ran.stderr.contains("{nothing}"), "{ran:?}");
    assert_eq!(run(&["check-scheme", "/nowhere.toml"]).code, 2);
}

#[test]
fn a_key_pair_of_ones_own_signs_and_verifies() {
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/e2e/keys/");
    let declaration = file("sendgrid.json", run(&["provider", "sendgrid", "--json"]).stdout.as_bytes());
    let check = |public: &str| {
        let (private, public) = (format!("{keys}p256-new.pem"), format!("{keys}{public}"));
        run(&["check-scheme", &declaration, "--secret-file", &private, "--public-key-file", &public])
    };
    assert_eq!(check("p256-new.public.pem").code, 0);
    let ran = check("p256-old.public.pem");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("a genuine request: expected accepted, was refused"), "{ran:?}");
}

#[test]
fn names_of_headers_have_no_case_and_parameters_of_the_query_are_tried() {
    let path = declaration("case.toml", "{header:X-Nonce}.{query:region}\\\\n{body}");
    let ran = run(&["check-scheme", &path, "--json"]);
    let report = ran.json();
    assert_eq!(ran.code, 0, "{report}");
    let nonce =
        report["parts"].as_array().unwrap().iter().find(|part| {
            part["part"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("header x-nonce"))
        });
    let nonce = nonce.unwrap_or_else(|| panic!("{report}"));
    assert_eq!(
        (&nonce["is_signed"], &nonce["changed"]),
        (&json!(true), &json!("refused: signature_mismatch")),
        "{report}"
    );
}
