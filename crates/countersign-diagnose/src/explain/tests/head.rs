use super::*;

#[test]
fn another_url_is_named() {
    let forwarded = |url: &str, name, value: &str| twilio().url(url).header(name, value);
    check(vec![
        ("http", "url_scheme", twilio().url("http://hooks.example.com/in/twilio?tenant=7")),
        ("inner host", "url_host", twilio().url("https://10.0.0.1/in/twilio?tenant=7")),
        (
            "X-Forwarded-Host",
            "url_host",
            forwarded("https://a/in/twilio?tenant=7", "x-forwarded-host", "hooks.example.com, b")
                .header("host", "a"),
        ),
        (
            "Forwarded",
            "url_host",
            forwarded(
                "https://a/in/twilio?tenant=7",
                "forwarded",
                "for=1.2.3.4;host=\"hooks.example.com\";proto=https",
            )
            .header("host", "a"),
        ),
        (
            "prefix was stripped",
            "url_path_prefix",
            forwarded("https://hooks.example.com/twilio?tenant=7", "x-forwarded-prefix", "/in"),
        ),
        (
            "prefix was added",
            "url_path_prefix",
            twilio().url("https://hooks.example.com/api/v1/in/twilio?tenant=7"),
        ),
        (
            "original target",
            "url_path_prefix",
            forwarded("https://hooks.example.com/x?tenant=7", "x-original-uri", "/in/twilio?tenant=7"),
        ),
        (
            "query was added",
            "url_query",
            twilio()
                .url("https://hooks.example.com/in/twilio?tenant=7&x=1")
                .url_signed("https://hooks.example.com/in/twilio"),
        ),
        (
            "query was removed",
            "url_query",
            forwarded("https://hooks.example.com/in/twilio", "x-original-uri", "/in/twilio?tenant=7"),
        ),
        ("slash", "url_trailing_slash", twilio().url("https://hooks.example.com/in/twilio/?tenant=7")),
        ("double slash", "url_double_slash", twilio().url("https://hooks.example.com//in/twilio?tenant=7")),
        ("none", "url_missing", forwarded("x", "x-original-uri", "/in/twilio?tenant=7").without_url()),
    ]);
    let port = with(&TWILIO, |provider| provider.scheme.any_port = false);
    check(vec![
        (
            "port was added",
            "url_port",
            sent(&port, SECRET, "a=b").url("https://hooks.example.com:8443/in/twilio?tenant=7"),
        ),
        (
            "port was removed",
            "url_port",
            sent(&port, SECRET, "a=b")
                .url("https://hooks.example.com/x")
                .url_signed("https://hooks.example.com:443/x"),
        ),
    ]);
    let proxy = codes("proxy", &twilio().url("http://10.0.0.1:8080/in/twilio?tenant=7"));
    assert_eq!(proxy, ["url_scheme", "url_host"]);
}

#[test]
fn renamed_headers_are_named() {
    let svix = || sent(&SVIX, SECRET, BODY);
    check(vec![
        ("of another provider", "header_renamed", github().rename("x-hub-signature-256", "x-signature")),
        ("CGI", "header_renamed", github().rename("x-hub-signature-256", "http_x_hub_signature_256")),
        (
            "three at once",
            "header_renamed",
            svix()
                .rename("svix-id", "x-msg-id")
                .rename("svix-timestamp", "x-msg-timestamp")
                .rename("svix-signature", "x-msg-signature"),
        ),
        ("timestamp only", "header_renamed", svix().rename("svix-timestamp", "date-sent")),
    ]);
    let said = github().rename("x-hub-signature-256", "x-signature").diagnose().to_string();
    assert!(said.contains("`x-signature`, not in `x-hub-signature-256`"), "{said}");
}

#[test]
fn timestamps_in_another_unit_are_named() {
    let millis = with(&preflix::PROVIDER, |p| {
        p.scheme.timestamp.as_mut().unwrap().format = TimestampFormat::Milliseconds
    });
    let thousand = |value: &str| format!("{value}000");
    check(vec![
        ("signed and sent in ms", "timestamp_unit", sent(&millis, SECRET, BODY).believed(&preflix::PROVIDER)),
        ("signed and sent in s", "timestamp_unit", sent(&preflix::PROVIDER, SECRET, BODY).believed(&millis)),
        (
            "received in ms",
            "timestamp_unit",
            sent(&preflix::PROVIDER, SECRET, BODY).change("preflixai-timestamp", thousand),
        ),
        (
            "received in s",
            "timestamp_unit",
            sent(&millis, SECRET, BODY).change("preflixai-timestamp", |value| value[..10].to_owned()),
        ),
        (
            "in the signature",
            "timestamp_unit",
            sent(&STRIPE, SECRET, BODY)
                .change("stripe-signature", |value| value.replace("t=1700000000", "t=1700000000000")),
        ),
        (
            "RFC 3339",
            "timestamp_unit",
            sent(&preflix::PROVIDER, SECRET, BODY)
                .change("preflixai-timestamp", |_| "2023-11-14T22:13:20Z".to_owned()),
        ),
    ]);
}

#[test]
fn timestamps_with_decimals_are_named() {
    let preflix = || sent(&preflix::PROVIDER, SECRET, BODY);
    let dated = |stamp: &'static str| {
        // Signed over its text, decimals and all.
        let own = with(&preflix::PROVIDER, |provider| {
            provider.scheme.content =
                Template::from(provider.scheme.content.as_str().replace("{timestamp}", stamp));
        });
        sent(&own, SECRET, BODY).believed(&preflix::PROVIDER)
    };
    let header = "preflixai-timestamp";
    check(vec![
        ("received", "timestamp_decimals", preflix().change(header, |value| format!("{value}.0"))),
        ("received, cut", "timestamp_decimals", preflix().change(header, |value| format!("{value}.123456"))),
        ("received, rounded", "timestamp_decimals", preflix().change(header, |_| "1699999999.75".to_owned())),
        (
            "signed and received",
            "timestamp_decimals",
            dated("1700000000.25").change(header, |value| format!("{value}.25")),
        ),
        ("signed", "timestamp_decimals", dated("1700000000.0")),
        (
            "in the signature",
            "timestamp_decimals",
            sent(&STRIPE, SECRET, BODY)
                .change("stripe-signature", |value| value.replace("t=1700000000", "t=1700000000.5")),
        ),
    ]);
}

#[test]
fn a_wrong_clock_is_named_with_the_difference() {
    let stripe = || sent(&STRIPE, SECRET, BODY);
    assert_eq!(codes("old", &stripe().after(301)), ["timestamp_too_old"]);
    assert_eq!(codes("new", &stripe().after(-301)), ["timestamp_too_new"]);
    let said = stripe().after(7200).diagnose().to_string();
    assert!(
        said.contains("7200 s old and 300 s are accepted") && said.contains("the difference is 2 h"),
        "{said}"
    );
    let both = codes("old and pretty", &stripe().body(pretty("  ")).after(9999));
    assert_eq!(both, ["body_pretty_printed", "timestamp_too_old"]);
}

#[test]
fn a_signature_field_that_was_changed_is_named() {
    const HUB: &str = "x-hub-signature-256";
    let encoded = |encoding| with(&SHOPIFY, |provider| provider.scheme.signature.encoding = encoding);
    let shopify = |encoding| sent(&encoded(encoding), SECRET, BODY).believed(&SHOPIFY);
    // A signature with a character that the two alphabets do not share.
    let mut bodies = (0..).map(|n| sent(&encoded(Encoding::Base64Url), SECRET, format!("{n}")));
    let url_safe =
        bodies.find(|fixture| fixture.value("x-shopify-hmac-sha256").contains(['-', '_'])).unwrap();
    let url_safe = url_safe.believed(&SHOPIFY);
    check(vec![
        (
            "prefix is missing",
            "signature_prefix_missing",
            github().change(HUB, |value| value.replace("sha256=", "")),
        ),
        (
            "tag is missing",
            "signature_prefix_missing",
            sent(&SVIX, SECRET, BODY).change("svix-signature", |value| value.replace("v1,", "")),
        ),
        (
            "prefix is not known",
            "signature_prefix_unexpected",
            sent(&SHOPIFY, SECRET, BODY).change("x-shopify-hmac-sha256", |value| format!("sha256={value}")),
        ),
        ("upper case", "signature_case", github().change(HUB, str::to_uppercase)),
        ("quotes", "signature_quoted", github().change(HUB, |value| format!("\"{value}\""))),
        ("percent", "signature_percent_encoded", github().change(HUB, |value| value.replace('=', "%3D"))),
        (
            "Base64 of the text",
            "signature_encoded_twice",
            github().change(HUB, |value| code::to_base64(value.as_bytes())),
        ),
        ("hex for Base64", "signature_encoding", shopify(Encoding::Hex)),
        (
            "Base64 for hex",
            "signature_encoding",
            sent(&with(&GITHUB, |p| p.scheme.signature.encoding = Encoding::Base64), SECRET, BODY)
                .believed(&GITHUB),
        ),
        ("URL-safe Base64", "signature_encoding", url_safe),
    ]);
    let mut twice = github();
    twice.captured.headers.append(HUB, HeaderValue::from_static("sha256=00"));
    assert_eq!(codes("twice", &twice), ["signature_repeated"]);
}

#[test]
fn another_scheme_is_named() {
    let mut own = with(&GITHUB, |provider| {
        provider.scheme.signature.at = countersign::scheme::Location::header("x-own-signature");
        provider.slug = "own".into();
    });
    let sha1 = with(&own, |provider| provider.scheme.algorithm = Algorithm::HmacSha1);
    let dated =
        with(&preflix::PROVIDER, |provider| provider.scheme.content = Template::new("v0:{timestamp}:{body}"));
    let both = with(&dated, |provider| provider.scheme.algorithm = Algorithm::HmacSha512);
    check(vec![
        ("another provider", "other_provider", github().believed(&STRIPE)),
        ("algorithm", "algorithm", sent(&sha1, SECRET, BODY).believed(&own)),
        ("content", "signed_content", sent(&dated, SECRET, BODY).believed(&preflix::PROVIDER)),
        ("content type", "content_type", twilio().header("content-type", "text/plain")),
    ]);
    assert!(github().believed(&STRIPE).diagnose().to_string().contains("`github-sha256`"));
    assert_eq!(
        codes("two", &sent(&both, SECRET, BODY).believed(&preflix::PROVIDER)),
        ["signed_content", "algorithm"]
    );
    own.scheme.content = Template::new("{method}:{body}");
    let mut fixture = sent(&own, SECRET, BODY);
    fixture.captured.method = "PUT".to_owned();
    assert_eq!(codes("method", &fixture), ["method"]);
}

#[test]
fn a_token_in_another_case_or_with_a_prefix_is_named() {
    let token = with(&SHOPIFY, |provider| {
        provider.scheme.algorithm = Algorithm::Token;
        provider.scheme.signature.encoding = Encoding::Text;
        provider.scheme.content = Template::default();
    });
    let bearer = |value: &str| format!("Bearer {value}");
    check(vec![
        (
            "Bearer",
            "signature_prefix_unexpected",
            sent(&token, "a-token-of-many-letters", BODY).change("x-shopify-hmac-sha256", bearer),
        ),
        (
            "line break",
            "secret_trailing_newline",
            sent(&token, "a-token-of-many-letters", BODY).secret("a-token-of-many-letters\n"),
        ),
    ]);
}
