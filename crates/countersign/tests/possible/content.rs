//! Tests of signed contents that are the same for all requests.

use countersign::Provider;

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
