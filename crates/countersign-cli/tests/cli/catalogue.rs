//! Tests of `providers` and `provider`.

use std::process::Stdio;

use countersign::providers;
use serde_json::Value;

use crate::support::{BODY, countersign, file, run, run_with, signed, verify_args, with_headers};

#[test]
fn providers_are_listed_for_people_without_colours_in_a_pipe() {
    let ran = run(&["providers"]);
    assert_eq!(ran.code, 0);
    assert!(!ran.stdout.contains('\x1b'), "{ran:?}");
    let mut lines = ran.stdout.lines();
    let header: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    let expected = "SLUG NAME ALGORITHM SIGNATURE HEADER TIMESTAMP ID TYPE RETRIES PROOF CHECKED";
    assert_eq!(header.join(" "), expected);
    let first: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(
        first,
        [
            "preflix",
            "Preflix",
            "hmac-sha256",
            "preflixai-signature",
            "header",
            "body",
            "body",
            "unknown",
            "page",
            "2026-11"
        ]
    );
}

#[test]
fn the_page_of_the_providers_is_the_catalogue() {
    let page = include_str!("../../../../docs/providers.md");
    let ran = run(&["providers", "--docs"]);
    let mut differing = page.lines().zip(ran.stdout.lines()).filter(|(there, printed)| there != printed);
    assert_eq!(differing.next(), None, "put what `countersign providers --docs` prints there");
    assert_eq!(page.lines().count(), ran.stdout.lines().count());
}

#[test]
fn providers_are_chosen_by_text_by_proof_and_by_what_is_signed() {
    let slugs = |args: &[&str]| {
        let ran = run(&[&["providers", "--json"], args].concat());
        let all = ran.json();
        let slugs = all.as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap().to_owned());
        (ran.code, slugs.collect::<Vec<_>>())
    };
    let (_, all) = slugs(&[]);
    assert_eq!(slugs(&["--grep", "STRIPE-signature"]), (0, vec!["stripe".to_owned()]));
    let (_, messages) = slugs(&["--grep", "9421"]);
    for provider in providers::all().filter(|provider| provider.scheme.message_signature.is_some()) {
        assert!(messages.contains(&provider.slug.to_string()), "{}: {messages:?}", provider.slug);
    }
    assert!(slugs(&["--grep", "ED25519"]).1.contains(&"discord".to_owned()));
    let (_, proved) = slugs(&["--tier", "sdk"]);
    assert!(proved.contains(&"stripe".to_owned()) && proved.len() < all.len(), "{proved:?}");
    let (_, both) = slugs(&["--tier", "sdk", "--tier", "secondary"]);
    assert!(both.len() > proved.len() && both.contains(&"fitbit".to_owned()), "{both:?}");
    let (_, signed) = slugs(&["--signed-id"]);
    assert!(
        signed.contains(&"svix".to_owned()) && !signed.contains(&"github-sha256".to_owned()),
        "{signed:?}"
    );
    assert_eq!(slugs(&["--grep", "no such text"]), (1, vec![]));
    let ran = run(&["providers", "--tier", "best"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("sdk, vectors, page, secondary, memory"), "{ran:?}");
}

#[test]
fn an_element_of_the_list_is_what_provider_prints() {
    let all = run(&["providers", "--json"]).json();
    let all = all.as_array().unwrap();
    assert!(all.len() >= 11);
    for one in all {
        let slug = one.get("slug").and_then(Value::as_str).unwrap();
        assert_eq!(&run(&["provider", slug, "--json"]).json(), one);
    }
}

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
    let path = file("own-portrait.toml", text.as_bytes());
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
        let portrait = run(&["provider", slug]).stdout;
        portrait.lines().find(|line| line.starts_with("id ")).unwrap().to_owned()
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
fn a_reader_who_has_seen_enough_is_no_error() {
    let mut child = countersign()
        .args(["providers", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
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

#[test]
fn the_page_and_the_command_say_every_fact_of_every_declaration() {
    let page = run(&["providers", "--docs"]).stdout;
    let sections: Vec<_> = page.split("\n<a id=\"").skip(1).collect();
    let all = run(&["providers", "--json"]).json();
    let all = all.as_array().unwrap();
    assert_eq!(sections.len(), all.len());
    for (section, one) in sections.iter().zip(all) {
        let slug = one.get("slug").and_then(Value::as_str).unwrap();
        assert!(section.starts_with(&format!("{slug}\"")), "{slug}");
        let rows: Vec<_> = section.lines().filter(|line| line.starts_with("| ")).collect();
        let value = |label: &str| {
            let row = rows.iter().find_map(|row| row.strip_prefix(&format!("| {label} | ")));
            let value = row.and_then(|row| row.strip_suffix(" |"));
            value.unwrap_or_else(|| panic!("{slug}: no {label}")).replace("\\|", "|")
        };
        for label in [
            "signed",
            "signature",
            "key",
            "timestamp",
            "id",
            "type",
            "retries",
            "body",
            "handshake",
            "proof",
            "source",
            "checked",
        ] {
            let value = value(label);
            assert!(!value.trim().is_empty() && !value.starts_with(','), "{slug}: {label}: {value:?}");
        }
        let portrait = run(&["provider", slug]).stdout.replace('\n', "\\n");
        for label in ["signed", "key", "timestamp"] {
            assert!(portrait.contains(&value(label)), "{slug}: {label}: {portrait}");
        }
    }
}

#[test]
fn every_provider_that_was_asked_for_is_declared_or_the_guide_says_why_not() {
    let guide = include_str!("../../../../docs/catalogue.md");
    let (_, left_out) = guide.split_once("## Not included").unwrap();
    let all = run(&["providers", "--json"]).json();
    let declared: Vec<_> =
        all.as_array().unwrap().iter().filter_map(|one| one.get("name").and_then(Value::as_str)).collect();
    for name in ASKED_FOR {
        let is_of = |declared: &&&str| {
            declared.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        };
        let is_declared = declared.iter().find(is_of).is_some();
        assert!(is_declared != left_out.contains(&format!("**{name}**")), "{name}: declared: {is_declared}");
    }
}

/// Providers that documents about webhooks, receivers and lists of integrations name.
const ASKED_FOR: [&str; 59] = [
    "LiveKit",
    "Stream",
    "Upstash QStash",
    "Liveblocks",
    "Whop",
    "ImageKit",
    "Surge",
    "Fathom",
    "folk",
    "360Learning",
    "Kontent.ai",
    "Cashfree",
    "Onfido",
    "Terra",
    "Metronome",
    "Hook0",
    "Coinbase Developer Platform",
    "Inngest",
    "Lovable",
    "MailChannels",
    "Trigger.dev",
    "PandaDoc",
    "Dropbox Sign",
    "Apple App Store",
    "NOWPayments",
    "Midtrans",
    "Cryptomus",
    "Fireblocks",
    "Bird",
    "TrueLayer",
    "Seam",
    "Tolt",
    "Autotask",
    "ConnectWise",
    "HighLevel",
    "Jobber",
    "JobDiva",
    "Sellsy",
    "Streak",
    "Worldline",
    "Rootly",
    "Sightengine",
    "Chargeflow",
    "CyberSource",
    "Salesforce Marketing Cloud",
    "NMI",
    "Check",
    "PlexTrac",
    "OpenPay",
    "Up",
    "Sinch Voice",
    "Appwrite",
    "Ghost",
    "Saleor",
    "Quo",
    "Zavu",
    "Gusto",
    "Klarna",
    "Mercury",
];
