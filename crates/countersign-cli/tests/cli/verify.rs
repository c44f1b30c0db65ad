//! Tests of `verify`: its output and its exit code.

use std::process::Stdio;

use crate::support::{
    AT, BODY, OTHER_SECRET, SECRET, countersign, file, run, run_with, signed, verify_args, with_headers,
};

/// Returns the line that a rejection prints.
fn rejected(kind: &str) -> (i32, String) {
    (1, format!("{{\"accepted\":false,\"error\":\"{kind}\"}}\n"))
}

fn verdict(args: &[&str], headers: &[String], body: &[u8]) -> (i32, String) {
    let ran = run_with(&with_headers(args, headers), body);
    (ran.code, ran.stdout)
}

#[test]
fn an_accepted_delivery_is_one_line_of_json() {
    let headers = signed("stripe", BODY);
    let line = r#"{"accepted":true,"provider":"stripe","id":"evt_1","id_signed":true,"event_type":"ping","timestamp":1700000000,"key":"secret-1"}"#;
    assert_eq!(verdict(&verify_args("stripe"), &headers, BODY), (0, format!("{line}\n")));
}

#[test]
fn what_a_delivery_does_not_say_is_null() {
    let headers = signed("github-sha256", BODY);
    let line = r#"{"accepted":true,"provider":"github-sha256","id":null,"id_signed":false,"event_type":null,"timestamp":null,"key":"secret-1"}"#;
    assert_eq!(verdict(&verify_args("github-sha256"), &headers, BODY), (0, format!("{line}\n")));
}

#[test]
fn people_get_a_sentence() {
    let people = verify_args("stripe").map(|word| if word == "--json" { "--tolerance=9" } else { word });
    let headers = signed("stripe", BODY);
    let (code, said) = verdict(&people, &headers, BODY);
    assert_eq!(code, 0);
    assert_eq!(
        said,
        "accepted: stripe ping, id evt_1 (signed), sent 2023-11-14T22:13:20Z (signed), key secret-1\n"
    );
    let (code, said) = verdict(&people, &headers, b"{}");
    assert_eq!(code, 1);
    assert!(said.starts_with("rejected: signature_mismatch: signature mismatch: wrong secret"), "{said}");
}

#[test]
fn the_clock_is_an_option_and_so_is_the_tolerance() {
    let headers = signed("stripe", BODY);
    let at = |at: &'static str, more: &[&'static str]| {
        let args = verify_args("stripe").map(|word| if word == AT { at } else { word });
        verdict(&[&args[..], more].concat(), &headers, BODY)
    };
    assert_eq!(at("1700000300", &[]).0, 0);
    assert_eq!(at("1700000301", &[]), rejected("timestamp_too_old"));
    assert_eq!(at("1699999699", &[]), rejected("timestamp_too_new"));
    assert_eq!(at("1700000400", &["--tolerance", "400"]).0, 0);
    assert_eq!(at("1699999600", &["--tolerance", "400"]).0, 0);
    assert_eq!(at("1700000001", &["--tolerance", "0"]), rejected("timestamp_too_old"));
    assert_eq!(at("-5", &[]), rejected("timestamp_too_new"));
    assert_eq!(at("-9223372036854775808", &[]), rejected("timestamp_too_new"));
}

#[test]
fn headers_are_taken_as_http_takes_them() {
    let line = signed("stripe", BODY).remove(0);
    let value = line.split_once(": ").unwrap().1;
    let with = |headers: &[&str]| {
        let headers: Vec<_> = headers.iter().map(|header| (*header).to_owned()).collect();
        verdict(&verify_args("stripe"), &headers, BODY)
    };
    assert_eq!(with(&[&format!("Stripe-Signature:{value}")]).0, 0);
    assert_eq!(with(&[&format!("STRIPE-SIGNATURE: \t {value} \t")]).0, 0);
    assert_eq!(with(&[&line, &line]).0, 0);
    assert_eq!(with(&[&line, "stripe-signature: t=1,v1=00"]), rejected("malformed_signature"));
    assert_eq!(with(&["stripe-signature:"]), rejected("missing_signature"));
    assert_eq!(with(&[]), rejected("missing_signature"));
    assert_eq!(
        with(&["stripe-signature: t=1700000000,v0=00"]),
        rejected("no_signature_for_expected_version")
    );
    assert_eq!(with(&["stripe-signature: ü"]).0, 1);
    for malformed in ["stripe-signature", "stripe signature: x", ": x", "a: b\nc: d"] {
        let (code, said) = with(&[malformed]);
        assert_eq!((code, said.as_str()), (2, INVALID), "{malformed:?}");
    }
}

#[test]
fn bodies_are_bytes() {
    let body: Vec<u8> = (0..=255).chain(*b"\r\n\0").collect();
    let headers = signed("github-sha256", &body);
    assert_eq!(verdict(&verify_args("github-sha256"), &headers, &body).0, 0);
    let path = file("body.bin", &body);
    let from_file = verify_args("github-sha256").map(|word| if word == "-" { path.as_str() } else { word });
    assert_eq!(verdict(&from_file, &headers, b"").0, 0);
    assert_eq!(verdict(&verify_args("github-sha256"), &headers, b"").0, 1);
}

#[test]
fn a_body_beyond_the_limit_is_rejected() {
    let body = vec![b'x'; (1 << 20) + 1];
    let headers = signed("stripe", &body);
    assert_eq!(verdict(&verify_args("stripe"), &headers, &body), rejected("payload_too_large"));
    let body = vec![b'x'; 1 << 20];
    assert_eq!(verdict(&verify_args("stripe"), &signed("stripe", &body), &body).0, 0);
}

#[test]
fn the_key_that_matched_is_named_by_its_place() {
    let headers = signed("svix", BODY);
    let args = verify_args("svix").map(|word| if word == SECRET { OTHER_SECRET } else { word });
    assert_eq!(verdict(&args, &headers, BODY), rejected("signature_mismatch"));
    let (code, said) = verdict(&[&args[..], &["--secret", SECRET]].concat(), &headers, BODY);
    assert_eq!(code, 0);
    assert!(said.ends_with("\"key\":\"secret-2\"}\n"), "{said}");
}

#[test]
fn questions_that_make_no_sense_exit_with_2() {
    let path = file("malformed.toml", b"slug = \"x\"\nname = \"X\"\ndoc = \"d\"\nscheme = 1\n");
    let cases: [(&[&str], &str); 9] = [
        (&["--provider", "strip", "--secret", SECRET, "--body", "-"], "did you mean `stripe` or `strike`?"),
        (&["--scheme", &path, "--secret", SECRET, "--body", "-"], "malformed.toml: `scheme`"),
        (&["--scheme", "no.toml", "--secret", SECRET, "--body", "-"], "cannot read no.toml"),
        (&["--scheme", "x.yaml", "--secret", SECRET, "--body", "-"], "ends with .toml or .json"),
        (&["--provider", "stripe", "--secret", SECRET, "--body", "no.json"], "cannot read no.json"),
        (&["--provider", "stripe", "--secret", SECRET], "--body"),
        (&["--provider", "stripe", "--body", "-"], "--secret"),
        (&["--secret", SECRET, "--body", "-"], "--provider"),
        (&["--provider", "svix", "--secret", "it's", "--body", "-"], "is not Base64"),
    ];
    for (args, cure) in cases {
        let ran = run(&[&["verify", "--json"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, INVALID), "{args:?}");
        assert!(ran.stderr.contains(cure), "{cure}: {ran:?}");
        let ran = run(&[&["verify"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
    }
}

#[test]
fn the_verdict_survives_a_reader_who_is_gone() {
    let headers = signed("stripe", b"");
    let mut child = countersign()
        .args(with_headers(&verify_args("stripe"), &headers))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

const INVALID: &str = "{\"accepted\":false,\"error\":\"invalid_config\"}\n";

#[test]
fn headers_are_read_from_a_file_as_curl_does() {
    let headers = signed("github-sha256", BODY);
    let text = format!("# what was signed\r\n{}\r\n\r\nx-empty;\n", headers.join("\r\n"));
    let (path, body) = (file("github.headers", text.as_bytes()), file("headers.json", BODY));
    let verify = |rest: &[&str], stdin: &[u8]| {
        let words = ["verify", "--provider", "github-sha256", "--secret", SECRET, "--at", AT];
        run_with(&[&words[..], rest].concat(), stdin)
    };
    let named = format!("@{path}");
    assert_eq!(verify(&["-H", &named, "--body", "-"], BODY).code, 0);
    assert_eq!(verify(&["-H", "@-", "--body", &body], text.as_bytes()).code, 0);
    // `-H @-` reads the output of `sign`.
    let ran = verify(&["-H", "@-", "--body", "-"], BODY);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("standard input is read once"), "{ran:?}");
    let ran = verify(&["-H", "@-", "--body", &body], b"a: b\nPOST /in HTTP/1.1\n");
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("line 2: expected `name: value`"), "{ran:?}");
    assert_eq!(verify(&["-H", "@/nowhere", "--body", &body], b"").code, 2);
}
