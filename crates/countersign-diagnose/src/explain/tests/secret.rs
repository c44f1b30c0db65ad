use super::*;

#[test]
fn mistakes_with_the_text_of_a_secret_are_named() {
    let plain = || sent(&GITHUB, "a Secret", BODY);
    check(vec![
        ("line break", "secret_trailing_newline", plain().secret("a Secret\n")),
        ("CRLF", "secret_trailing_newline", plain().secret("a Secret\r\n")),
        ("escaped line break", "secret_trailing_newline", plain().secret("a Secret\\n")),
        (
            "the provider's line break",
            "secret_trailing_newline",
            sent(&GITHUB, "a Secret\n", BODY).secret("a Secret"),
        ),
        ("both have it", "secret_white_space", sent(&GITHUB, "a Secret\n", BODY)),
        ("space", "secret_white_space", plain().secret(" a Secret ")),
        ("the provider's space", "secret_white_space", sent(&GITHUB, "a Secret ", BODY).secret("a Secret")),
        ("double quotes", "secret_quoted", plain().secret("\"a Secret\"")),
        ("single quotes", "secret_quoted", plain().secret("'a Secret'")),
        ("quotes and a line break", "secret_quoted", plain().secret("\"a Secret\"\n")),
        ("the provider's quotes", "secret_quoted", sent(&GITHUB, "\"a Secret\"", BODY).secret("a Secret")),
        ("a line of .env", "secret_with_name", plain().secret("export WEBHOOK_SECRET=\"a Secret\"")),
        ("BOM", "secret_bom", plain().secret("\u{feff}a Secret")),
        ("percent", "secret_percent_encoded", plain().secret("a%20Secret")),
        ("Kubernetes", "secret_as_base64", plain().secret("YSBTZWNyZXQ=")),
        ("decoded", "secret_decoded", sent(&GITHUB, "YSBTZWNyZXQ=", BODY).secret("a Secret")),
        ("case", "secret_case", sent(&GITHUB, "a secret", BODY).secret("A Secret")),
    ]);
}

#[test]
fn mistakes_with_the_key_that_a_secret_stands_for_are_named() {
    let keyed = |encoding, prefix: &'static str| {
        with(&GITHUB, |provider| {
            provider.scheme.key = KeyFormat::new(prefix, encoding);
        })
    };
    let github = &GITHUB;
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
    let mut fixture = github().secret("whsec_bm90IHRoaXMgb25l");
    fixture.others = vec![("live", "not this one either".to_owned()), ("test", SECRET.to_owned())];
    assert_eq!(codes("other", &fixture), ["other_secret"]);
    assert!(fixture.diagnose().to_string().contains("`test`"), "{}", fixture.diagnose());
    fixture.others = vec![("test", format!("{SECRET}\n"))];
    assert_eq!(codes("other with a line break", &fixture), ["other_secret", "secret_trailing_newline"]);

    let old = UnixTime::from_secs(NOW.as_secs() - 1);
    let secrets =
        SecretSet::new(Secret::new("new").unwrap()).with_until("old", Secret::new(SECRET).unwrap(), old);
    let diagnosis = diagnose(&GITHUB, &secrets, &github().captured, NOW);
    assert_eq!(diagnosis.cause().map(Cause::code), Some("secret_not_valid_now"));
}

#[test]
fn a_secret_that_was_cut_is_named() {
    let github = |signed: &str, stored: &str| sent(&GITHUB, signed, BODY).secret(stored);
    let svix = sent(&SVIX, "whsec_bWFueSBieXRlcyBvZiBhIGtleQ==", BODY);
    check(vec![
        ("its last character", "secret_cut", github("long-Secret-7", "long-Secret-")),
        ("its first character", "secret_cut", github("long-Secret-7", "ong-Secret-7")),
        ("two characters", "secret_cut", github("long-Secret-7x", "long-Secret-")),
        ("three of lower case", "secret_cut", github("long-secret-7xy", "long-secret-")),
        ("four of hexadecimal", "secret_cut", github("0123456789abcdef", "0123456789ab")),
        ("in a shell", "secret_cut", github("pa$ecret", "pa")),
        ("after a number sign", "secret_cut", github("my#secret", "my")),
        ("at the sender", "secret_cut", github("long-Secr", "long-Secret-7")),
        ("its start, at the sender", "secret_cut", github("Secret-7", "long-Secret-7")),
        ("at the sender, by a shell", "secret_cut", github("my-def", "my$abc-def")),
        ("at the sender, in braces", "secret_cut", github("my-def", "my${abc}-def")),
        ("at the sender, at a dollar", "secret_cut", github("my", "my$9-def")),
        ("at the sender, at a comment", "secret_cut", github("my", "my#def")),
        ("padding", "secret_cut", github("c2VjcmV0MQ==", "c2VjcmV0MQ")),
        ("padding at the sender", "secret_cut", github("c2VjcmV0MQ", "c2VjcmV0MQ==")),
        ("of Base64", "secret_cut", svix.clone().secret("whsec_bWFueSBieXRlcyBvZiBhIGtle")),
    ]);
    let bearer = with(&SHOPIFY, |provider| {
        provider.scheme.algorithm = Algorithm::Token;
        provider.scheme.signature.encoding = Encoding::Text;
        provider.scheme.content = Template::default();
    });
    assert_eq!(
        codes("token", &sent(&bearer, "a-long-token-of-letters", BODY).secret("a-long-")),
        ["secret_cut"]
    );
}

#[test]
fn swapped_arguments_of_the_hmac_are_named() {
    use hmac::{KeyInit, Mac};
    let swapped = |content: &str, secret: &[u8]| {
        let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(content.as_bytes()).unwrap();
        mac.chain_update(secret).finalize().into_bytes().to_vec()
    };
    let hub = github().change("x-hub-signature-256", |_| {
        format!("sha256={}", const_hex::encode(swapped(BODY, SECRET.as_bytes())))
    });
    let stripe = sent(&STRIPE, SECRET, BODY).change("stripe-signature", |_| {
        let signature = const_hex::encode(swapped(&format!("1700000000.{BODY}"), SECRET.as_bytes()));
        format!("t=1700000000,v1={signature}")
    });
    let key = code::from_base64(SECRET.trim_start_matches("whsec_")).unwrap();
    let svix = sent(&SVIX, SECRET, BODY).change("svix-signature", |_| {
        format!("v1,{}", code::to_base64(&swapped(&format!("msg_1.1700000000.{BODY}"), &key)))
    });
    check(vec![
        ("content", "hmac_arguments_swapped", hub),
        ("content with a timestamp", "hmac_arguments_swapped", stripe),
        ("a decoded key", "hmac_arguments_swapped", svix),
    ]);
}
