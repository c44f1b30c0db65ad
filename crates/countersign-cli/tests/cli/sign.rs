//! Tests of `sign`, whose output `verify` accepts.

use serde_json::{Value, json};

use crate::support::{
    ACME, AT, BODY, FORM, SECRET, URL, run, run_with, sign_args, signed, signed_with, verify_args,
    verify_args_with, with_headers,
};

#[test]
fn what_is_signed_verifies_for_every_provider_that_needs_no_more_than_a_secret() {
    let all = run(&["providers", "--json"]).json();
    let mut signed = 0;
    for provider in all.as_array().unwrap() {
        let Some(secret) = secret(provider) else { continue };
        let (slug, algorithm) = (text(provider, "/slug"), text(provider, "/scheme/algorithm"));
        let body = if text(provider, "/scheme/content").contains("{form:") { FORM } else { BODY };
        let headers = signed_with(slug, &secret, body);
        let verify = |body| run_with(&with_headers(&verify_args_with(slug, &secret), &headers), body);

        let ran = verify(body);
        assert_eq!(ran.code, 0, "{slug}: {ran:?}");
        assert_eq!(ran.json().get("provider"), Some(&json!(slug)));

        let ran = verify(&[body, b"&x=1"].concat());
        let signs_body = !["token", "basic"].contains(&algorithm);
        let expected = if signs_body { (1, MISMATCH) } else { (0, ran.stdout.as_str()) };
        assert_eq!((ran.code, ran.stdout.as_str()), expected, "{slug}");
        signed += 1;
    }
    assert!(signed > 150, "only {signed} were signed");
}

/// Returns a secret in the provider's format, or `None` if the request needs more than a secret and a body, a key
/// pair, or is a token.
fn secret(provider: &Value) -> Option<String> {
    let content = text(provider, "/scheme/content");
    let more = [
        "{header",
        "{json",
        "{query",
        "{param",
        "{sig",
        "{target",
        "{form:bt_payload}",
        "{url_without_query}",
        // Its body is JSON, whatever is appended.
        "{body:json-sorted}",
    ];
    let of_pairs = ["ed25519", "ecdsa-", "rsa-", "jwt"];
    let dated_by_body = text(provider, "/scheme/timestamp/at").starts_with("json:");
    if more.iter().any(|placeholder| content.contains(placeholder))
        || of_pairs.iter().any(|start| text(provider, "/scheme/algorithm").starts_with(start))
        || !text(provider, "/scheme/signature/at").starts_with("header:")
        || provider.pointer("/scheme/checks").is_some_and(|checks| checks.to_string().contains("body"))
        || dated_by_body && text(provider, "/slug") != "proxiant"
    {
        return None;
    }
    let bare = SECRET.trim_start_matches("whsec_");
    Some(match (text(provider, "/scheme/key/encoding"), text(provider, "/scheme/key/prefix")) {
        ("base64", "") => bare.to_owned(),
        ("hex", _) => "00ff".repeat(16),
        _ if !text(provider, "/scheme/key/after").is_empty() => format!("key-id:{bare}"),
        _ => SECRET.to_owned(),
    })
}

fn text<'v>(provider: &'v Value, pointer: &str) -> &'v str {
    provider.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn headers_are_lines_for_curl() {
    assert_eq!(
        signed("stripe", b"{}"),
        [
            "stripe-signature: t=1700000000,v1=7b6a9d679e448853f449040329e1d6c365472325895524fa88b35588e85cc03f"
        ]
    );
}

#[test]
fn an_id_is_made_where_one_is_signed() {
    let id = |headers: &[String]| {
        headers.iter().find_map(|header| header.strip_prefix("svix-id: ").map(str::to_owned))
    };
    let (one, two) = (id(&signed("svix", BODY)).unwrap(), id(&signed("svix", BODY)).unwrap());
    assert!(one.starts_with("msg_") && one.len() == 36, "{one}");
    assert_ne!(one, two);
    assert_eq!(id(&signed("github-sha256", BODY)), None);
}

#[test]
fn id_and_type_go_into_their_headers() {
    let args = [&sign_args("github-sha256")[..], &["--id", "-7", "--event-type", "push"]].concat();
    let ran = run_with(&args, BODY);
    assert!(ran.stdout.contains("x-github-delivery: -7\n"), "{ran:?}");
    assert!(ran.stdout.contains("x-github-event: push\n"), "{ran:?}");
    assert_eq!(ran.stderr, "");

    let ran = run_with(&[&sign_args("stripe")[..], &["--id", "7"]].concat(), BODY);
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("--id has no effect"), "{ran:?}");
}

#[test]
fn json_is_an_object_of_headers() {
    let args = [&sign_args("redpin")[..], &["--id", "msg_1", "--json"]].concat();
    let mut json = run_with(&args, BODY).json();
    let signature = json.pointer_mut("/headers/svix-signature").unwrap().take();
    assert!(signature.as_str().unwrap().starts_with("v1,"));
    let headers = json!({"svix-id": "msg_1", "svix-timestamp": AT, "svix-signature": null});
    assert_eq!(json, json!({ "headers": headers }));
}

#[test]
fn a_declaration_in_a_file_signs_and_verifies_with_its_own_headers() {
    let common = ["--scheme", ACME, "--secret", SECRET, "--body", "-", "--at", AT];
    let ran = run_with(&[&["sign"], &common[..], &["-H", "acme-nonce: n-1"]].concat(), BODY);
    let headers: Vec<_> = ran.stdout.lines().map(str::to_owned).collect();
    assert_eq!(headers.first().map(String::as_str), Some("acme-nonce: n-1"), "{ran:?}");

    let verify = [&["verify", "--json"], &common[..]].concat();
    assert_eq!(run_with(&with_headers(&verify, &headers), BODY).code, 0);
    let headers = headers.iter().map(|header| header.replace("n-1", "n-2")).collect::<Vec<_>>();
    assert_eq!(run_with(&with_headers(&verify, &headers), BODY).stdout, MISMATCH);

    let ran = run_with(&[&["sign"], &common[..]].concat(), BODY);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("give it with -H 'acme-nonce: …'"), "{ran:?}");
}

#[test]
fn the_url_is_asked_for_where_it_is_signed() {
    let without = sign_args("twilio-form").into_iter().filter(|word| !["--url", URL].contains(word));
    let ran = run_with(&without.collect::<Vec<_>>(), FORM);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("give it with --url"), "{ran:?}");

    let headers = signed("twilio-form", FORM);
    let without = verify_args("twilio-form").into_iter().filter(|word| !["--url", URL].contains(word));
    let ran = run_with(&with_headers(&without.collect::<Vec<_>>(), &headers), FORM);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "{\"accepted\":false,\"error\":\"missing_url\"}\n"));
}

const MISMATCH: &str = "{\"accepted\":false,\"error\":\"signature_mismatch\"}\n";

#[test]
fn an_id_or_a_type_that_the_provider_sends_and_the_request_lacks_is_noted() {
    let notes = |slug: &str, more: &[&str], body: &[u8]| {
        let ran = run_with(&[&sign_args(slug)[..], more].concat(), body);
        assert_eq!(ran.code, 0, "{slug}: {ran:?}");
        ran.stderr
    };
    let said = notes("github-sha256", &[], BODY);
    assert!(
        said.contains("sends the type in header x-github-event") && said.contains("give --event-type"),
        "{said}"
    );
    assert!(
        said.contains("sends the id in header x-github-delivery") && said.contains("give --id"),
        "{said}"
    );
    assert_eq!(notes("github-sha256", &["--event-type", "push", "--id", "1"], BODY), "");
    assert_eq!(
        notes("github-sha256", &["-H", "x-github-event: push", "-H", "x-github-delivery: 1"], BODY),
        ""
    );
    // In the body: there is no option for it.
    let said = notes("stripe", &[], b"{}");
    assert!(said.contains("stripe sends the type in body /type, where the request has none\n"), "{said}");
    assert_eq!(notes("stripe", &[], BODY), "");
    let said = notes("twilio-form", &[], b"Body=hello");
    assert!(said.contains("sends the type in form field MessageStatus"), "{said}");
}

#[test]
fn the_signed_items_of_a_given_signature_field_are_kept() {
    let all = run(&["providers", "--json"]).json();
    let mut seen = 0;
    for provider in all.as_array().unwrap() {
        let (slug, content) = (text(provider, "/slug"), text(provider, "/scheme/content"));
        let Some((_, rest)) = content.split_once("{sig:") else { continue };
        let tag = rest.split([':', '}']).next().unwrap();
        let name = text(provider, "/scheme/signature/at").strip_prefix("header:").unwrap();
        // A list of headers names one that is there.
        let given = format!("{name}: {tag}=x-listed");
        let more = ["-H", "x-listed: 1", "-H", "x-other: 1", "-H", &given];
        let ran = run_with(&[&sign_args(slug)[..], &more].concat(), BODY);
        assert_eq!(ran.code, 0, "{slug}: {ran:?}");
        let field = ran.stdout.lines().find(|line| line.starts_with(name)).unwrap();
        assert_eq!(field.matches(&format!("{tag}=")).count(), 1, "{field}");
        assert!(field.contains(&format!("{tag}=x-listed,")), "{field}");
        let headers: Vec<_> = ran.stdout.lines().map(str::to_owned).collect();
        assert_eq!(run_with(&with_headers(&verify_args(slug), &headers), BODY).code, 0, "{slug}: {field}");
        let changed: Vec<_> = headers.iter().map(|line| line.replace("=x-listed", "=x-other")).collect();
        assert_eq!(run_with(&with_headers(&verify_args(slug), &changed), BODY).code, 1, "{slug}: {field}");
        seen += 1;
    }
    assert!(seen > 2, "{seen}");
}

#[test]
fn a_signed_item_of_the_signature_field_is_asked_for() {
    let ran = run_with(&sign_args("hygraph"), BODY);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("give it with -H 'gcms-signature: env=…'"), "{ran:?}");
}
