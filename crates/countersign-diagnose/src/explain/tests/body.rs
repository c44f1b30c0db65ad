use super::*;

#[test]
fn a_body_that_was_written_again_is_named() {
    let python = BODY.replace("\":", "\": ").replace(",\"", ", \"");
    let escaped = text(BODY, "é", "\\u00e9");
    let php = text(&escaped, "/", "\\/");
    let sorted =
        r#"{"data":{"a":[],"n":1.00,"text":"é & <b>"},"id":"evt_1","type":"a.b","url":"https://x.y/z"}"#;
    let signed = |body: &str| sent(&GITHUB, SECRET, body.to_owned());
    check(vec![
        ("pretty, 2", "body_pretty_printed", github().body(pretty("  "))),
        ("pretty, 4", "body_pretty_printed", github().body(pretty("    "))),
        ("pretty, tabs", "body_pretty_printed", github().body(pretty("\t"))),
        ("pretty, line break at the end", "body_pretty_printed", github().body(pretty("  ") + "\n")),
        ("spaces", "body_spaced", github().body(python.clone())),
        ("minified Python", "body_minified", signed(&python).body(BODY)),
        ("minified, 2", "body_minified", signed(&pretty("  ")).body(BODY)),
        ("minified, 4", "body_minified", signed(&pretty("    ")).body(BODY)),
        ("minified, tabs", "body_minified", signed(&pretty("\t")).body(BODY)),
        ("minified, CRLF", "body_minified", signed(&pretty("  ").replace('\n', "\r\n")).body(BODY)),
        ("minified Java", "body_minified", signed(&pretty("  ").replace("\": ", "\" : ")).body(BODY)),
        ("sorted when signed", "body_reordered", signed(sorted).body(BODY)),
        (
            "sorted since then",
            "body_reordered",
            signed(r#"{"type":"x","id":{"b":1,"a":2}}"#).body(r#"{"id":{"a":2,"b":1},"type":"x"}"#),
        ),
        ("escapes are gone", "body_unicode_escapes", signed(&escaped).body(BODY)),
        (
            "upper-case escapes are gone",
            "body_unicode_escapes",
            signed(&text(BODY, "é", "\\u00E9")).body(BODY),
        ),
        ("escapes are new", "body_unicode_escapes", github().body(escaped.clone())),
        ("slashes", "body_slash_escapes", signed(&text(BODY, "/", "\\/")).body(BODY)),
        ("PHP", "body_slash_escapes", signed(&php).body(BODY)),
        (
            "Go",
            "body_html_escapes",
            signed(&BODY.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")).body(BODY),
        ),
    ]);
    let both = codes("Python, escaped", &signed(&python.replace('é', "\\u00e9")).body(BODY));
    assert_eq!(both, ["body_minified", "body_unicode_escapes"]);
    let json_tool = codes("with a line break at the end", &signed(&(pretty("    ") + "\n")).body(BODY));
    assert_eq!(json_tool, ["body_minified", "body_trailing_newline"]);
}

#[test]
fn a_body_whose_bytes_were_changed_is_named() {
    let signed = |body: &str| sent(&GITHUB, SECRET, body.to_owned());
    let lines = "{\n\"a\": \"é\"\n}";
    let latin_1: Vec<u8> = BODY.chars().map(|char| u8::try_from(char).unwrap()).collect();
    let mojibake: String = BODY.bytes().map(char::from).collect();
    check(vec![
        ("line break", "body_trailing_newline", github().body(format!("{BODY}\n"))),
        ("CRLF", "body_trailing_newline", github().body(format!("{BODY}\r\n"))),
        ("lost line break", "body_trailing_newline", signed(&format!("{BODY}\n")).body(BODY)),
        ("lost CRLF", "body_trailing_newline", signed(&format!("{BODY}\r\n")).body(BODY)),
        ("spaces around", "body_white_space", signed("text").body("  text ")),
        ("CRLF now", "body_line_ends", signed(lines).body(lines.replace('\n', "\r\n"))),
        ("LF now", "body_line_ends", signed(&lines.replace('\n', "\r\n")).body(lines)),
        ("BOM", "body_bom", github().body(format!("\u{feff}{BODY}"))),
        ("lost BOM", "body_bom", signed(&format!("\u{feff}{BODY}")).body(BODY)),
        ("Latin-1 now", "body_latin_1", github().body(latin_1)),
        ("read as Latin-1", "body_latin_1", github().body(mojibake)),
        ("Windows-1252 now", "body_latin_1", signed("5 €").body(&b"5 \x80"[..])),
        ("in a string", "body_json_string", github().body(serde_json::to_string(BODY).unwrap())),
        ("Base64", "body_base64", github().body(code::to_base64(BODY.as_bytes()))),
        ("was Base64", "body_base64", signed(&code::to_base64(BODY.as_bytes())).body(BODY)),
        (
            "API gateway",
            "body_wrapped",
            github().body(serde_json::json!({"path": "/", "body": BODY}).to_string()),
        ),
        (
            "API gateway, Base64",
            "body_wrapped",
            github().body(
                serde_json::json!({"isBase64Encoded": true, "body": code::to_base64(BODY.as_bytes())})
                    .to_string(),
            ),
        ),
    ]);
}

#[test]
fn a_body_that_lost_something_is_named() {
    let signed = |body: &str| sent(&GITHUB, SECRET, body.to_owned());
    check(vec![
        (
            "null",
            "body_members_dropped",
            signed(r#"{"id":"1","data":{"error":null}}"#).body(r#"{"id":"1","data":{}}"#),
        ),
        ("duplicate", "body_duplicates_dropped", signed(r#"{"a":1,"b":2,"a":3}"#).body(r#"{"a":3,"b":2}"#)),
        ("booleans", "body_booleans", signed(r#"{"a":true,"b":false,"n":1}"#).body(r#"{"a":1,"b":0,"n":1}"#)),
        (
            "tags",
            "body_html_tags_removed",
            signed(r#"{"text":"a <b>big</b> one"}"#).body(r#"{"text":"a big one"}"#),
        ),
        ("escaped tags", "body_html_entities", signed(r#"{"text":"<b>"}"#).body(r#"{"text":"&lt;b&gt;"}"#)),
        ("entities", "body_html_entities", signed(r#"{"text":"&lt;b&gt;"}"#).body(r#"{"text":"<b>"}"#)),
    ]);
}

#[test]
fn line_breaks_that_were_lost_inside_the_body_are_named() {
    let signed = |body: &str| sent(&GITHUB, SECRET, body.to_owned());
    let code = "body_line_breaks";
    let json = r#"{"id":"a,b","list":[1,2],"text":"{é}"}"#;
    let commas = "{\"id\":\"a,b\",\n\"list\":[1,\n2],\n\"text\":\"{é}\"}";
    let brackets = "{\n\"id\":\"a,b\",\n\"list\":[\n1,\n2\n],\n\"text\":\"{é}\"\n}";
    let xml = "<a>\n<b>one two</b>\n<c/>\n</a>";
    let base64 = code::to_base64(&[7; 100]);
    let wrapped: Vec<_> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let without = |text: &str| text.replace(['\r', '\n'], "");
    check(vec![
        ("JSON, after commas", code, signed(commas).body(json)),
        ("JSON, CRLF", code, signed(&commas.replace('\n', "\r\n")).body(json)),
        ("JSON, in brackets", code, signed(&format!("{brackets}\n")).body(json)),
        ("XML", code, signed(xml).body(without(xml))),
        ("XML, CRLF", code, signed(&xml.replace('\n', "\r\n")).body(without(xml))),
        ("form", code, signed("a=1&\r\nb=2").body("a=1&b=2")),
        ("text", code, signed("one two\nthree four").body("one twothree four")),
        ("text, one became a space", code, signed("one two\nthree four").body("one two three four")),
        ("text, all became spaces", code, signed("one\ntwo\nthree\n").body("one two three")),
        ("Base64", code, signed(&wrapped.join("\n")).body(base64.clone())),
        ("Base64, CRLF", code, signed(&(wrapped.join("\r\n") + "\r\n")).body(base64)),
        ("LF, and none at the end", "body_line_ends", signed("a\r\nb\r\n").body("a\nb")),
        ("escaped LF", "body_line_ends", signed(r#"{"text":"a\r\nb"}"#).body(r#"{"text":"a\nb"}"#)),
        ("escaped CRLF", "body_line_ends", signed(r#"{"text":"a\nb"}"#).body(r#"{"text":"a\r\nb"}"#)),
    ]);
}

#[test]
fn compression_on_the_way_is_named() {
    let gzip = |level| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(BODY.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zlib = {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(BODY.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    // `{"a":1}`, uncompressed, in the frame of RFC 7932.
    let brotli = b"\x60\x00\x10{\"a\":1}\x03";
    let announced = |fixture: Fixture, coding| fixture.header("content-encoding", coding);
    check(vec![
        ("gzip", "body_compressed", github().body(gzip(6))),
        ("was gzip, and no header says so", "body_decompressed", sent(&GITHUB, SECRET, gzip(6)).body(BODY)),
        ("zlib", "body_compressed", announced(github().body(zlib.clone()), "deflate")),
        ("Brotli", "body_compressed", announced(sent(&GITHUB, SECRET, r#"{"a":1}"#).body(&brotli[..]), "br")),
        ("was gzip", "body_decompressed", announced(sent(&GITHUB, SECRET, gzip(6)).body(BODY), "gzip")),
        ("was gzip, best", "body_decompressed", announced(sent(&GITHUB, SECRET, gzip(9)).body(BODY), "gzip")),
        ("was zlib", "body_decompressed", announced(sent(&GITHUB, SECRET, zlib).body(BODY), "deflate")),
    ]);
}

#[test]
fn what_decompresses_to_too_much_is_not_looked_at() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b'x'; 2 << 20]).unwrap();
    let small =
        with(&SHOPIFY, |provider| provider.scheme.limits = provider.scheme.limits.with_body_bytes(1 << 20));
    let fixture = sent(&small, SECRET, vec![b'x'; 2 << 20]).body(encoder.finish().unwrap());
    assert_eq!(fixture.diagnose().cause(), None);
}

#[test]
fn forms_that_were_encoded_again_are_named() {
    let slack = |body: &str| sent(&SLACK, SECRET, body.to_owned());
    let payload = r#"{"a":"b c"}"#;
    check(vec![
        ("plus for %20", "form_reencoded", slack("a=b%20c&d=e").body("a=b+c&d=e")),
        ("%20 for plus", "form_reencoded", slack("a=b+c&d=e").body("a=b%20c&d=e")),
        ("order", "form_reencoded", slack("a=1&b=2").body("b=2&a=1")),
        ("lower-case digits", "form_reencoded", slack("a=%2b%2f").body("a=%2B%2F")),
        ("encodeURIComponent", "form_reencoded", slack("a=(it's)%20*").body("a=%28it%27s%29+%2A")),
        ("JSON of a form", "form_unwrapped", slack("payload=%7B%22a%22%3A%22b+c%22%7D").body(payload)),
    ]);
}

#[test]
fn a_body_beyond_the_limit_is_said_to_be_and_not_copied() {
    let small = with(&SHOPIFY, |provider| provider.scheme.limits = provider.scheme.limits.with_body_bytes(8));
    assert_eq!(codes("large", &sent(&small, SECRET, BODY)), ["body_too_large"]);
    let wrong = sent(&small, SECRET, BODY).body(format!("{BODY}\n")).diagnose();
    assert!(matches!(wrong, Diagnosis::Unexplained { tried: 1, .. }), "{wrong}");
}
