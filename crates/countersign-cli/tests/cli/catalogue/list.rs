//! Tests of the list of providers, and of the page that is made of it.

use std::process::Stdio;

use countersign::providers;
use serde_json::Value;

use crate::support::{countersign, run};

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
    let page = include_str!("../../../../../docs/providers.md");
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
        let described = run(&["provider", slug]).stdout.replace('\n', "\\n");
        for label in ["signed", "key", "timestamp"] {
            assert!(described.contains(&value(label)), "{slug}: {label}: {described}");
        }
    }
}

#[test]
fn every_provider_that_was_asked_for_is_declared_or_the_guide_says_why_not() {
    let guide = include_str!("../../../../../docs/catalogue.md");
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
