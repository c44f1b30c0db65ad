use super::*;

#[test]
fn what_is_right_is_accepted() {
    for provider in [&GITHUB, &SVIX, &STRIPE, &TWILIO] {
        assert_eq!(sent(provider, SECRET, "a=b").diagnose(), Diagnosis::Accepted, "{}", provider.slug);
    }
}

#[test]
fn two_mistakes_of_different_kinds_are_named() {
    let rows = [
        (
            "secret and body",
            github().secret(format!("{SECRET}\n")).body(pretty("  ")),
            ["body_pretty_printed", "secret_trailing_newline"],
        ),
        (
            "secret and URL",
            twilio().secret(format!("\"{SECRET}\"")).url("http://hooks.example.com/in/twilio?tenant=7"),
            ["url_scheme", "secret_quoted"],
        ),
        (
            "body and header",
            github().body(format!("{BODY}\n")).rename("x-hub-signature-256", "x-signature"),
            ["body_trailing_newline", "header_renamed"],
        ),
        (
            "provider and secret",
            github().believed(&STRIPE).secret(format!("{SECRET}\n")),
            ["other_provider", "secret_trailing_newline"],
        ),
        (
            "provider and key",
            sent(&SVIX, "whsec_bWFueSBieXRlcyBvZiBhIGtleQ==", BODY)
                .believed(&STRIPE)
                .secret("\"whsec_bWFueSBieXRlcyBvZiBhIGtleQ==\""),
            ["other_provider", "secret_quoted"],
        ),
        (
            "provider and body",
            github().believed(&STRIPE).body(pretty("  ")),
            ["body_pretty_printed", "other_provider"],
        ),
    ];
    for (name, fixture, expected) in rows {
        assert_eq!(codes(name, &fixture), expected, "{name}");
    }
}

#[test]
fn a_truly_wrong_signature_is_explained_by_nothing() {
    for (provider, body) in [(&GITHUB, BODY), (&SVIX, BODY), (&STRIPE, BODY), (&TWILIO, "a=b")] {
        let fixture = sent(provider, SECRET, body).secret("c29tZWJvZHkgZWxzZSdz");
        let diagnosis = fixture.diagnose();
        let Diagnosis::Unexplained { tried, ref reason, .. } = diagnosis else { panic!("{diagnosis}") };
        assert!((100..=16384).contains(&tried), "{}: {tried}", provider.slug);
        assert_eq!(reason.code(), "signature_mismatch");
        assert!(diagnosis.to_string().starts_with(&format!("none of {tried} known mistakes explains it")));
    }
}

#[test]
fn what_is_odd_about_an_unexplained_request_is_said() {
    let unexplained = |fixture: Fixture| match fixture.secret("c29tZWJvZHkgZWxzZSdz").diagnose() {
        Diagnosis::Unexplained { clue, .. } => clue.map(|clue| clue.code()),
        other => panic!("{other}"),
    };
    assert_eq!(unexplained(github()), None);
    assert_eq!(unexplained(github().header("content-length", "7")), Some("content_length_differs"));
    assert_eq!(unexplained(github().body("")), Some("body_empty"));
    assert_eq!(unexplained(github().body("\u{fffd}")), Some("body_replacement_characters"));
    assert_eq!(unexplained(github().header("content-encoding", "zstd")), Some("body_decompressed"));
    for secret in ["my-secret", "a long secret in \"quotes", "a long secret, escaped\\"] {
        let Diagnosis::Unexplained { clue, .. } = github().secret(secret).diagnose() else {
            panic!("{secret}")
        };
        assert_eq!(clue.map(|clue| clue.code()), Some("secret_cut"), "{secret}");
    }
}

#[test]
fn the_cost_is_bounded_by_guesses_and_by_bytes() {
    let fixture = github().secret("c29tZWJvZHkgZWxzZSdz");
    let tried = |guesses, bytes| {
        let effort = Effort { guesses, bytes };
        let diagnoser = Diagnoser::new(fixture.provider.clone()).with_stored_secret("s", &*fixture.secret);
        diagnoser.with_effort(effort).diagnose(&fixture.captured, NOW).tried()
    };
    assert_eq!(tried(17, u64::MAX), 17);
    let bytes = u64::try_from(BODY.len()).unwrap() * 20;
    assert!((15..=20).contains(&tried(4096, bytes)), "{}", tried(4096, bytes));
}
