use super::*;

#[test]
fn mistakes_with_the_text_of_a_secret_are_named() {
    let plain = || sent(&GITHUB_SHA256, "a Secret", BODY);
    check(vec![
        ("line break", "secret_trailing_newline", plain().secret("a Secret\n")),
        ("CRLF", "secret_trailing_newline", plain().secret("a Secret\r\n")),
        ("escaped line break", "secret_trailing_newline", plain().secret("a Secret\\n")),
        (
            "the provider's line break",
            "secret_trailing_newline",
            sent(&GITHUB_SHA256, "a Secret\n", BODY).secret("a Secret"),
        ),
        ("both have it", "secret_white_space", sent(&GITHUB_SHA256, "a Secret\n", BODY)),
        ("space", "secret_white_space", plain().secret(" a Secret ")),
        (
            "the provider's space",
            "secret_white_space",
            sent(&GITHUB_SHA256, "a Secret ", BODY).secret("a Secret"),
        ),
        ("double quotes", "secret_quoted", plain().secret("\"a Secret\"")),
        ("single quotes", "secret_quoted", plain().secret("'a Secret'")),
        ("quotes and a line break", "secret_quoted", plain().secret("\"a Secret\"\n")),
        (
            "the provider's quotes",
            "secret_quoted",
            sent(&GITHUB_SHA256, "\"a Secret\"", BODY).secret("a Secret"),
        ),
        ("a line of .env", "secret_with_name", plain().secret("export WEBHOOK_SECRET=\"a Secret\"")),
        ("BOM", "secret_bom", plain().secret("\u{feff}a Secret")),
        ("percent", "secret_percent_encoded", plain().secret("a%20Secret")),
        ("Kubernetes", "secret_as_base64", plain().secret("YSBTZWNyZXQ=")),
        ("decoded", "secret_decoded", sent(&GITHUB_SHA256, "YSBTZWNyZXQ=", BODY).secret("a Secret")),
        ("case", "secret_case", sent(&GITHUB_SHA256, "a secret", BODY).secret("A Secret")),
    ]);
}

#[test]
fn mistakes_with_the_key_that_a_secret_stands_for_are_named() {
    let keyed = |encoding, prefix: &'static str| {
        with(&GITHUB_SHA256, |provider| {
            provider.scheme.key = KeyFormat { encoding, prefix: prefix.into(), ..KeyFormat::UTF8 };
        })
    };
    let github = &GITHUB_SHA256;
    let bare = SECRET.trim_start_matches("whsec_");
    check(vec![
        ("whsec_ was kept", "secret_prefix_kept", sent(github, bare, BODY).secret(SECRET)),
        ("whsec_ was stripped", "secret_prefix_stripped", sent(&STRIPE, SECRET, BODY).secret(bare)),
        (
            "Base64 of Svix for Stripe",
            "secret_as_base64",
            sent(&keyed(KeyEncoding::Base64, "whsec_"), SECRET, BODY).believed(github),
        ),
        (
            "text of Stripe for Svix",
            "secret_as_text",
            sent(&keyed(KeyEncoding::Utf8, ""), SECRET, BODY).believed(&keyed(KeyEncoding::Base64, "whsec_")),
        ),
        (
            "text without whsec_",
            "secret_as_text",
            sent(&keyed(KeyEncoding::Utf8, "whsec_"), SECRET, BODY)
                .believed(&keyed(KeyEncoding::Base64, "whsec_")),
        ),
        (
            "hex",
            "secret_as_hex",
            sent(&keyed(KeyEncoding::Hex, ""), "00ff00ff00ff00ff0102", BODY).believed(github),
        ),
        (
            "URL-safe Base64",
            "secret_as_base64url",
            sent(&keyed(KeyEncoding::Base64, ""), "++//++//++//", BODY)
                .believed(github)
                .secret("--__--__--__"),
        ),
        (
            "no Base64 at all",
            "secret_as_text",
            sent(&keyed(KeyEncoding::Utf8, ""), "it's text", BODY)
                .believed(&keyed(KeyEncoding::Base64, "whsec_")),
        ),
    ]);
}

#[test]
fn another_secret_is_named_and_so_is_one_that_is_not_valid_now() {
    let mut scene = github().secret("whsec_bm90IHRoaXMgb25l");
    scene.others = vec![("live", "not this one either".to_owned()), ("test", SECRET.to_owned())];
    assert_eq!(codes("other", &scene), ["other_secret"]);
    assert!(scene.diagnose().to_string().contains("`test`"), "{}", scene.diagnose());
    scene.others = vec![("test", format!("{SECRET}\n"))];
    assert_eq!(codes("other with a line break", &scene), ["other_secret", "secret_trailing_newline"]);

    let old = UnixTime::from_secs(NOW.as_secs() - 1);
    let secrets =
        SecretSet::new(Secret::new("new").unwrap()).with_until("old", Secret::new(SECRET).unwrap(), old);
    let diagnosis = diagnose(&GITHUB_SHA256, &secrets, &github().captured, NOW);
    assert_eq!(diagnosis.cause().map(Cause::code), Some("secret_not_valid_now"));
}
