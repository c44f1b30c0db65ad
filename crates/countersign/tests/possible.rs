//! Tests that a declaration that loads is one that some request fits: what a signer makes of it verifies.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use http::{HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const JSON: &str = r#"{"a":1,"at":"1700000000","http":"Tue, 14 Nov 2023 22:13:20 GMT","date":"2023-11-14T22:13:20Z","ms":1700000000000}"#;
const FORM: &str = "a=1&at=1700000000&http=Tue%2C+14+Nov+2023+22%3A13%3A20+GMT&date=2023-11-14T22%3A13%3A20Z&ms=1700000000000";
const URL: &str = "https://own.example/in?a=1";

fn secret() -> Secret {
    Secret::new("k:a secret").unwrap()
}

/// Returns the verdict on a request that a signer makes for the declaration, or the reason why none can be made. The
/// places of signatures that this one does not have hold other values.
fn round_trip(provider: &Provider, body: &'static str, media: &'static str) -> Result<(), String> {
    let at = provider.scheme.signature.at.to_string();
    let body = match at.as_str() {
        "json:/sig" | "form:sig" => body.to_owned(),
        _ if body == JSON => body.replacen('{', "{\"sig\":\"x\",", 1),
        _ => format!("{body}&sig=x"),
    };
    let url = if at == "query:sig" { URL.to_owned() } else { format!("{URL}&sig=x") };
    let signer = Signer::new(provider.clone(), secret()).map_err(|error| format!("signer: {error}"))?;
    let mut request = SigningRequest::new(body, NOW)
        .with_url(&url)
        .with_id("i1")
        .with_header(HeaderName::from_static("x-a"), HeaderValue::from_static("1"))
        .with_header(http::header::CONTENT_TYPE, HeaderValue::from_static(media));
    if at != "header:x-signature" {
        request = request.with_header(HeaderName::from_static("x-signature"), HeaderValue::from_static("x"));
    }
    let signed = signer.sign_request(&request).map_err(|error| format!("sign: {error}"))?;
    let verifier = Verifier::new(provider.clone(), secret()).unwrap();
    let head = Head::new(&signed.headers).with_url(signed.url.as_deref().unwrap_or(&url));
    let verified = verifier.verify(&head, signed.body, NOW);
    verified.map(drop).map_err(|error| format!("verify: {error}"))
}

/// Every combination of the parts of a declaration.
fn declarations() -> impl Iterator<Item = String> {
    let places = ["header:x-signature", "query:sig", "json:/sig", "form:sig"];
    let formats = [
        "{ value = {} }",
        "{ value = { prefixes = \"sha256=\", required = true } }",
        "{ list = { separator = \",\", assign = \"=\", tags = \"v1\" } }",
        "{ list = { separator = \";\", assign = \":\", tags = \"t|v1\" } }",
        "{ list = { separator = \" \", assign = \",\", tags = \"v1\" } }",
        "{ list = { separator = \",\", assign = \":\", tags = \"{key}\" } }",
        "{ list = { separator = \"a\", assign = \"=\", tags = \"*\" } }",
    ];
    let contents = [
        "{body}",
        "{json:/a}",
        "{form:a}",
        "{url}{body}",
        "{method}.{query}|{json:/a}",
        "{header:x-a}.{json:/a}",
        "{header:x-signature}.{json:/a}",
        "{json:/sig}",
        "{query:sig}.{body}",
        "{body:sha256-hex}",
    ];
    let stamps = [
        "",
        "timestamp = { at = \"header:x-at\", format = \"http-date\", tolerance = 300 }",
        "timestamp = { at = \"query:t\", format = \"rfc3339\", tolerance = 300 }",
        "timestamp = { at = \"sig:t\", format = \"seconds\", tolerance = 300 }",
        "timestamp = { at = \"sig:t\", format = \"http-date\", tolerance = 300 }",
        "timestamp = { at = \"sig:t\", format = \"rfc3339\", tolerance = 300 }",
        "timestamp = { at = \"json:/at\", format = \"seconds\", tolerance = 300 }",
        "timestamp = { at = \"json:/date\", format = \"rfc3339\", tolerance = 300 }",
        "timestamp = { at = \"form:ms\", format = \"milliseconds\", tolerance = 300 }",
        "timestamp = { at = \"form:http\", format = \"http-date\", tolerance = 300 }",
    ];
    let checks = [
        "",
        "checks = [{ at = \"header:x-a\", equals = \"1\" }, { at = \"header:x-a\", equals = \"2\" }]",
        "checks = [{ at = \"query:sum\", equals = \"{json:/a}\", digest = \"sha256-hex\" }]",
    ];
    places.into_iter().flat_map(move |at| {
        formats.into_iter().flat_map(move |format| {
            contents.into_iter().flat_map(move |content| {
                stamps.into_iter().flat_map(move |stamp| {
                    checks.into_iter().flat_map(move |check| {
                        ["", "for_each = \"/items/*\""].map(|each| {
                            format!(
                                "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n\
                                 algorithm = 'hmac-sha256'\ncontent = '{content}'\nkey = {{ after = ':' }}\n\
                                 signature = {{ at = '{at}', encoding = 'hex', format = {format} }}\n{stamp}\n{check}\n{each}\n"
                            )
                        })
                    })
                })
            })
        })
    })
}

#[test]
fn a_declaration_that_loads_is_one_that_a_request_fits() {
    let (mut loaded, mut refused, mut wrong) = (0, 0, Vec::new());
    for text in declarations() {
        let Ok(provider) = Provider::from_toml(&text) else {
            refused += 1;
            continue;
        };
        loaded += 1;
        let as_json = round_trip(&provider, JSON, "application/json");
        let verdict = as_json.or_else(|json| {
            let form = round_trip(&provider, FORM, "application/x-www-form-urlencoded");
            form.map_err(|form| format!("as JSON: {json}; as a form: {form}"))
        });
        if let Err(reason) = verdict {
            let declared = text.split("hmac-sha256'\n").nth(1).unwrap_or_default().replace('\n', " ");
            wrong.push(format!("{reason}: {declared}"));
        }
    }
    assert!(loaded > 300 && refused > 300, "{loaded} {refused}");
    let count = wrong.len();
    wrong.sort_by_key(String::len);
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{count} of {loaded}:\n{}", wrong.join("\n"));
}

#[test]
fn what_no_request_fits_is_refused_by_name() {
    let scheme = |more: &str| format!("algorithm = 'hmac-sha256'\nkey = {{ after = ':' }}\n{more}");
    let header = "signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    let listed = |list: &str| {
        format!(
            "content = '{{body}}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex', format = {{ list = {{ {list} }} }} }}\n"
        )
    };
    let signed_at = |at: &str| format!("signature = {{ at = '{at}', encoding = 'hex' }}\n");
    for (declared, field) in [
        (listed("separator = ',', assign = '=', tags = '{key}'"), "scheme.signature.at"),
        (listed("separator = ',', assign = '=', tags = 'v=1'"), "scheme.signature.format"),
        (listed("separator = ',', assign = '=', tags = 'v,1'"), "scheme.signature.format"),
        (listed("separator = 'f', assign = '=', tags = 'v1'"), "scheme.signature.format"),
        (
            listed("separator = ',', assign = '=', tags = 'v1'")
                + "timestamp = { at = 'sig:t', format = 'http-date', tolerance = 300 }\n",
            "scheme.timestamp.format",
        ),
        (
            listed("separator = ',', assign = '=', tags = 'v1'")
                + "timestamp = { at = 'sig:v1', format = 'seconds', tolerance = 300 }\n",
            "scheme.timestamp.at",
        ),
        (
            listed("separator = 'Z', assign = '=', tags = 'v1'").replace("'hex'", "'base64'"),
            "scheme.signature.format",
        ),
        (
            listed("separator = ',', assign = '=', tags = 'v1'").replace("{body}", "{sig:a,b}.{body}"),
            "scheme.signature.format",
        ),
        (
            format!(
                "content = '{{body}}'\n{header}timestamp = {{ at = 'sig:t', format = 'seconds', tolerance = 300 }}\n"
            ),
            "scheme.timestamp.at",
        ),
        (
            listed("separator = ',', assign = '=', tags = 'v1'")
                .replace("'{body}'", "'{json:/a}'")
                .replace("header:x-signature", "json:/sig")
                + "timestamp = { at = 'sig:t', format = 'seconds', tolerance = 300 }\n",
            "scheme.timestamp.at",
        ),
        (format!("content = '{{url}}{{body}}'\n{}", signed_at("query:sig")), "scheme.content"),
        (format!("content = '{{url:sorted-query}}{{body}}'\n{}", signed_at("query:sig")), "scheme.content"),
        (format!("content = '{{body:sha256-hex}}'\n{}", signed_at("json:/sig")), "scheme.content"),
        (format!("content = '{{form:a}}'\n{}", signed_at("json:/sig")), "scheme.signature.at"),
        (format!("content = '{{json:/a}}'\n{}", signed_at("form:sig")), "scheme.signature.at"),
        (format!("content = '{{path}}{{body}}'\nany_port = true\n{header}"), "scheme.content"),
        (format!("content = '{{method}}{{body}}'\nany_port = true\n{header}"), "scheme.content"),
        (format!("content = '{{method}}{{body}}'\nany_trailing_slash = true\n{header}"), "scheme.content"),
        (format!("content = '{{query:sig}}.{{body}}'\n{}", signed_at("query:sig")), "scheme.content"),
        (format!("content = '{{body}}'\n{}", signed_at("json:/sig")), "scheme.content"),
        (format!("content = '{{json:/data}}'\n{}", signed_at("json:/data/sig")), "scheme.content"),
        (format!("content = '{{form:sig}}'\n{}", signed_at("form:sig")), "scheme.content"),
        (format!("content = '{{form:sorted}}'\n{}", signed_at("form:sig")), "scheme.content"),
        (format!("content = '{{header:x-b}}.{{body}}'\n{}", signed_at("header:x-a,x-b")), "scheme.content"),
        (format!("content = '{{body:json-sorted}}'\n{}", signed_at("json:/sig")), "scheme.content"),
        (format!("content = '{{header:x-signature}}.{{body}}'\n{header}"), "scheme.content"),
        (format!("content = '{{json:/id}}'\neach = '/items/*'\n{header}"), "scheme.signature.at"),
        (
            format!(
                "content = '{{form:a}}'\n{header}timestamp = {{ at = 'json:/at', format = 'seconds', tolerance = 300 }}\n"
            ),
            "scheme.timestamp.at",
        ),
        (
            format!("content = '{{form:a}}'\n{header}checks = [{{ at = 'json:/x', equals = '1' }}]\n"),
            "scheme.checks.at",
        ),
        (
            format!(
                "content = '{{body}}'\n{header}checks = [{{ at = 'header:x-v', equals = '1' }}, {{ at = 'header:x-v', equals = '2' }}]\n"
            ),
            "scheme.checks",
        ),
    ] {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n{}",
            scheme(&declared)
        );
        let error = Provider::from_toml(&toml).unwrap_err();
        assert_eq!(error.field(), field, "{declared}: {error}");
    }
    for (content, at) in [("{form:payload}", "json:/sig"), ("{json:/a}", "form:sig")] {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{content}'\n{}[event]\npayload = 'form:payload'\n",
            signed_at(at)
        );
        let error = Provider::from_toml(&toml).unwrap_err();
        assert_eq!(error.field(), "scheme.signature.at", "{content}: {error}");
    }
    let mut detached = countersign::providers::TRUELAYER.clone();
    detached.check().unwrap();
    detached.scheme.content = "{header:tl-signature}{headers:claim:tl_headers}{body}".to_owned().into();
    assert_eq!(detached.check().unwrap_err().field(), "scheme.content", "a token is not its own payload");
}

/// The kinds that look alike, and that requests fit.
#[test]
fn what_a_request_fits_is_not_refused() {
    let list = "format = { list = { separator = ', ', assign = '=', tags = 'v1' } }";
    for declared in [
        format!("content = '{{timestamp}}.{{body}}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex', {list} }}\ntimestamp = {{ at = 'sig:t', format = 'rfc3339', tolerance = 300 }}\n"),
        "content = '{url_without_query}{body}'\nsignature = { at = 'query:sig', encoding = 'hex' }\n".to_owned(),
        "content = '{body}'\nsignature = { at = 'header:x-signature', encoding = 'hex' }\nchecks = [{ at = 'header:x-a', equals = '1' }, { at = 'header:x-a', equals = '1' }]\n".to_owned(),
        "content = '{body}'\nsignature = { at = 'header:x-signature', encoding = 'hex' }\nchecks = [{ at = 'header:x-a', equals = '{json:/a}' }, { at = 'header:x-a', equals = '{query:a}' }]\n".to_owned(),
        "content = '{body}'\nsignature = { at = 'header:x-signature', encoding = 'hex' }\nchecks = [{ at = 'header:x-a', equals = '{header:x-a}' }, { at = 'header:x-a', equals = '{query:a}' }]\n".to_owned(),
        "content = '{body}'\nsignature = { at = 'header:x-signature', encoding = 'hex' }\nchecks = [{ at = 'form:x', equals = '1', presence = 'optional' }, { at = 'json:/a', equals = '1' }]\n".to_owned(),
        "content = '{path}{body}'\nany_trailing_slash = true\nsignature = { at = 'header:x-signature', encoding = 'hex' }\n".to_owned(),
        "content = '{url}{body}'\nany_port = true\nsignature = { at = 'header:x-signature', encoding = 'hex' }\n".to_owned(),
    ] {
        let toml = format!("slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n{declared}");
        let provider = Provider::from_toml(&toml).unwrap_or_else(|error| panic!("{declared}: {error}"));
        round_trip(&provider, JSON, "application/json").unwrap_or_else(|error| panic!("{declared}: {error}"));
    }
}

/// The JSON in a field counts as the body, so that it stands beside the fields of the form.
#[test]
fn a_body_is_a_form_or_json_unless_the_json_is_in_a_field() {
    let load = |event: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{{json:/a}}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n\
             checks = [{{ at = 'form:x', equals = '1' }}]\n{event}"
        );
        Provider::from_toml(&toml).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(load("[event]\npayload = 'form:payload'\n"), Ok(()));
    assert!(load("").unwrap_err().contains("another kind of body"));
}

/// A place in both kinds of body fits one of them.
#[test]
fn an_id_is_in_the_kind_of_body_that_is_signed() {
    let load = |content: &str, event: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{content}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n[event]\n{event}"
        );
        Provider::from_toml(&toml).map(drop).map_err(|error| error.field().to_owned())
    };
    for (content, event, expected) in [
        ("{form:x}", "id = 'json:/id'", Err("event.id")),
        ("{json:/x}", "id = 'form:id'", Err("event.id")),
        ("{json:/x}", "type = 'form:kind|form:type'", Err("event.type")),
        ("{json:/x}", "id = 'form:id|json:/id'", Ok(())),
        ("{json:/x}", "id = 'header:x-id|form:id'", Ok(())),
        ("{form:x}", "id = 'json:/id'\npayload = 'form:payload'", Ok(())),
        ("{body}", "id = 'json:/id'\ntype = 'form:type'", Ok(())),
    ] {
        assert_eq!(load(content, event), expected.map_err(str::to_owned), "{content} {event}");
    }
}

/// One signature would be right for all requests without the parts.
#[test]
fn a_content_of_parts_that_may_all_be_missing_is_refused() {
    let load = |content: &str| {
        Provider::from_toml(&format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{content}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n\
             timestamp = {{ at = 'header:x-at', format = 'seconds', tolerance = 300, optional = true }}\n"
        ))
    };
    for (content, named) in [
        ("{json:?/a}", "`{json:?/a}`"),
        ("v1:{json:?*/a}.{json:?/b}", "`{json:?*/a}`, `{json:?/b}`"),
        ("{json-lines:a?,b?*}", "`{json-lines:a?,b?*}`"),
        ("{?{header:x-a}.?}", "`{?{header:x-a}.?}`"),
        ("{method} {?{timestamp}.?}{?{query:a}?}", "`{?{timestamp}.?}`, `{?{query:a}?}`"),
        ("{?{header:x-a}.?}{json:?/a}", "`{?{header:x-a}.?}`, `{json:?/a}`"),
        ("{query}", "`{query}`"),
        ("{query:canonical}", "`{query:canonical}`"),
        ("{url}{query}", "`{query}`"),
    ] {
        let error = load(content).unwrap_err();
        assert_eq!(error.field(), "scheme.content", "{content}: {error}");
        assert!(error.to_string().contains(&format!("without {named}. Make one")), "{content}: {error}");
    }
    for content in [
        "{json:/b}{json:?/a}",
        "{json-lines:a?,b}",
        "{?{header:x-a}.?}{body}",
        "{?{header:x-a}.?}{timestamp}",
        "{query}{json:/a}",
        "{path}{json:/a}",
        "{form:pairs}",
    ] {
        load(content).unwrap_or_else(|error| panic!("{content}: {error}"));
    }
}

/// One signature would be right for all requests to the endpoint.
#[test]
fn a_content_that_is_the_same_for_all_requests_is_refused() {
    let load = |scheme: &str| {
        let head = "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n";
        Provider::from_toml(&format!("{head}{scheme}")).map(drop).map_err(|error| error.to_string())
    };
    let plain = |content: &str, more: &str| {
        let field = "signature = { at = 'header:x-signature', encoding = 'hex' }";
        load(&format!("algorithm = 'hmac-sha256'\ncontent = '{content}'\n{field}\n{more}"))
    };
    for content in ["{url}", "{path}", "{url_without_query}", "{target}", "{method} {path}"] {
        let error = plain(content, "").unwrap_err();
        assert!(error.contains("signs nothing that differs"), "{content}: {error}");
    }
    for content in ["{secret}", "{method}{secret}", "{url}{secret}"] {
        let field = "signature = { at = 'header:x-signature', encoding = 'hex' }";
        let error = load(&format!("algorithm = 'sha256'\ncontent = '{content}'\n{field}\n")).unwrap_err();
        assert!(error.contains("signs nothing that differs"), "{content}: {error}");
    }
    let digest = "checks = [{ at = 'query:bodySHA256', equals = '{body}', digest = 'sha256-hex' }]\n";
    plain("{url}", digest).unwrap();
    let message = |components: &str, more: &str| {
        let field = "signature = { at = 'header:signature', encoding = 'base64' }";
        let rules = format!("message_signature = {{ components = '{components}' }}");
        load(&format!("algorithm = 'hmac-sha256'\n{field}\n{rules}\n{more}"))
    };
    for components in ["@method", "@authority", "@scheme", "@path|@target-uri"] {
        assert!(message(components, "").unwrap_err().contains("names nothing that differs"), "{components}");
    }
    message("@method", "timestamp = { at = 'sig:created', format = 'seconds', tolerance = 300 }\n").unwrap();
    message("@method|content-digest", "").unwrap();
    let list = "algorithm = 'jwt'\ncontent = '{headers:claim:h}'\njwt = { algorithms = 'RS256', detached = true }\n\
                signature = { at = 'header:x-sig', encoding = 'base64url' }\n";
    assert!(load(list).unwrap_err().contains("has no part that every request must have"));
}

#[test]
fn a_place_at_which_nothing_is_read_is_refused() {
    let message = "algorithm = 'hmac-sha256'\nsignature = { at = 'header:signature', encoding = 'base64' }\n\
                   message_signature = { components = 'content-digest' }\n";
    let list = "algorithm = 'hmac-sha256'\ncontent = '{body}'\nsignature = { at = 'header:x-signature', encoding = 'hex', \
                format = { list = { separator = ',', assign = '=', tags = 'v1' } } }\n";
    let bare = "algorithm = 'hmac-sha256'\ncontent = '{body}'\n\
                signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    let load = |scheme: &str, event: &str| {
        let head = "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n";
        Provider::from_toml(&format!("{head}{scheme}[event]\n{event}"))
            .map_err(|error| error.field().to_owned())
    };
    for (scheme, at, loads) in [
        (message, "sig:nonce", true),
        (message, "sig:NAME", false),
        (message, "sig:created", false),
        (message, "sig[0]", false),
        (list, "sig:nonce", false),
        (list, "sig[1]", false),
        (bare, "sig:nonce", false),
        (bare, "query:id", true),
    ] {
        let id = load(scheme, &format!("id = '{at}'\n")).map(drop);
        assert_eq!(id, if loads { Ok(()) } else { Err("event.id".to_owned()) }, "{scheme} {at}");
        let event_type = load(scheme, &format!("type = '{at}'\n")).map(drop);
        let expected = if at.starts_with("sig") { Err("event.type".to_owned()) } else { Ok(()) };
        assert_eq!(event_type, expected, "{scheme} {at}");
    }
    for (scheme, at, loads) in [
        (message, "sig:keyid", true),
        (message, "sig:kid", false),
        (list, "sig:kid", true),
        (bare, "sig:kid", false),
        (list, "sig[0]", false),
        (list, "query:kid", false),
        (list, "header:x-key|query:kid", false),
        (list, "header:x-key|x-other|json:/kid", true),
        (list, "body", false),
    ] {
        let key_id = load(&format!("{scheme}key_id = '{at}'\n"), "").map(drop);
        assert_eq!(key_id, if loads { Ok(()) } else { Err("scheme.key_id".to_owned()) }, "{scheme} {at}");
    }
}
