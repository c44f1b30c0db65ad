//! Tests of what is said of one provider.

use serde_json::Value;

use crate::support::{BODY, file, run, run_with, signed, verify_args, with_headers};

#[test]
fn a_printed_declaration_is_one_that_can_be_used() {
    let declaration = file("stripe.json", run(&["provider", "stripe", "--json"]).stdout.as_bytes());
    let headers = signed("stripe", BODY);
    let args = verify_args("stripe").map(|word| match word {
        "--provider" => "--scheme",
        "stripe" => &declaration,
        other => other,
    });
    assert_eq!(run_with(&with_headers(&args, &headers), BODY).code, 0);
}

#[test]
fn a_declaration_of_ones_own_is_shown_with_its_warnings() {
    let text = "slug = \"own\"\nname = \"Own\"\ndoc = \"x\"\n[scheme]\nalgorithm = \"hmac-sha256\"\n\
        content = \"{header:x-a}{body}\"\nsignature = { at = \"header:x-sig\", encoding = \"hex\" }\n\
        [event]\nversion = \"/schema\"\n";
    let path = file("own-provider.toml", text.as_bytes());
    let ran = run(&["provider", "--scheme", &path]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for fact in ["Own (own)", "{header:x-a}{body}", "body /schema", "warning"] {
        assert!(ran.stdout.contains(fact), "{fact}: {ran:?}");
    }
    assert_eq!(run(&["provider", "--scheme", &path, "stripe"]).code, 2);
    assert_eq!(run(&["provider"]).code, 2);
}

#[test]
fn a_provider_is_shown_with_what_one_has_to_know() {
    let ran = run(&["provider", "proxiant"]);
    for fact in [
        "Proxiant (proxiant)",
        "x-proxiant-signature",
        "sha256=hex",
        "age ≤ 7200 s, future ≤ 300 s",
        "3 (attempts in all: 4), within 35 min, waits 10 s",
        "webhook.test, POST: signed, and answered like any other",
        "Proxiant webhook page",
        "official-docs: read on the provider's own page",
        "page: read in the provider's code or on its page",
    ] {
        assert!(ran.stdout.contains(fact), "{fact}: {ran:?}");
    }
}

#[test]
fn the_ages_of_tokens_are_those_that_a_receiver_accepts() {
    let own = |token: &str, timestamp: &str| {
        let text = format!(
            "slug = \"own\"\nname = \"Own\"\ndoc = \"x\"\n[scheme]\nalgorithm = \"jwt\"\n\
            signature = {{ at = \"header:x-jwt\", encoding = \"base64url\" }}\n\
            jwt = {{ algorithms = \"HS256\"{token} }}\n\
            timestamp = {{ at = \"claim:iat\", format = \"seconds\"{timestamp} }}\n"
        );
        let path = file("own-token.toml", text.as_bytes());
        let ran = run(&["provider", "--scheme", &path]);
        assert_eq!(ran.code, 0, "{text}: {ran:?}");
        ran.stdout.lines().find(|line| line.starts_with("timestamp")).unwrap().to_owned()
    };
    for (token, timestamp, accepted) in [
        (
            ", required = \"iat\", max_age = 300",
            ", tolerance = { past = 0, future = 200 }",
            "age ≤ 300 s, future ≤ 200 s",
        ),
        (", required = \"iat\", max_age = 300", ", tolerance = 60", "age ≤ 360 s, future ≤ 60 s"),
        (", required = \"exp|iat\"", ", tolerance = 60", "until 60 s after exp, future ≤ 60 s"),
        (", required = \"iat\"", ", tolerance = 60", "until 60 s after exp, if there is one, future ≤ 60 s"),
    ] {
        let line = own(token, timestamp);
        assert!(line.ends_with(&format!("accepted: {accepted}")), "{token} {timestamp}: {line}");
    }
    assert!(run(&["provider", "plaid"]).stdout.contains("accepted: 300 s both ways"));
}

#[test]
fn what_is_unknown_differs_from_what_a_provider_does_not_have() {
    let shown = |slug: &str| {
        let output = run(&["provider", slug]).stdout;
        output.lines().find(|line| line.starts_with("id ")).unwrap().to_owned()
    };
    let all = run(&["providers", "--json"]).json();
    let (mut nameless, mut unknown) = (None, None);
    for one in all.as_array().unwrap() {
        let slug = one.get("slug").and_then(Value::as_str).unwrap();
        match one.pointer("/event/id") {
            Some(Value::String(_)) => {}
            Some(entry) => {
                assert_eq!(entry.get("none"), Some(&Value::Bool(true)), "{slug}");
                nameless = Some((slug, entry.get("source").and_then(Value::as_str).unwrap()));
            }
            None => unknown = Some(slug),
        }
    }
    let (slug, source) = nameless.unwrap();
    assert!(shown(slug).contains(&format!("none: {source}")), "{}", shown(slug));
    assert!(unknown.is_none_or(|slug| shown(slug).ends_with("unknown")));
    let github = run(&["provider", "github-sha256", "--json"]).json();
    assert_eq!(github.pointer("/retries/none"), Some(&Value::Bool(true)));
}

#[test]
fn what_is_signed_is_said_field_by_field() {
    let signed = |slug, field: &str| {
        let said = run(&["provider", slug]).stdout;
        let line = said.lines().find(|line| line.starts_with(field)).unwrap();
        line.rsplit("  ").next().unwrap().trim().to_owned()
    };
    assert_eq!(signed("svix", "id "), "yes");
    assert_eq!(signed("github-sha256", "id "), "no");
    assert_eq!(signed("github-sha256", "data "), "yes");
    assert_eq!(signed("twilio-form", "data "), "field by field");
}

#[test]
fn an_unknown_provider_is_an_error_that_names_its_neighbours() {
    let ran = run(&["provider", "gihtub"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("did you mean `github-sha256` or `github-sha1`?"), "{ran:?}");
    let ran = run(&["provider", "zzz"]);
    assert!(ran.stderr.contains("`countersign providers` lists them"), "{ran:?}");
}

#[test]
fn the_schema_describes_what_a_declaration_has() {
    let schema = run(&["schema"]).json();
    assert_eq!(
        schema.get("$schema").and_then(Value::as_str),
        Some("https://json-schema.org/draft/2020-12/schema")
    );
    let described = schema.get("properties").and_then(Value::as_object).unwrap();
    let declaration = run(&["provider", "stripe", "--json"]).json();
    for field in declaration.as_object().unwrap().keys() {
        assert!(described.contains_key(field), "{field}");
    }
}
