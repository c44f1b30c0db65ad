//! Tests that declarations which no request fits are refused.

use countersign::Provider;

use crate::support::{JSON, round_trip};

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
    assert_eq!(detached.check().unwrap_err().field(), "scheme.content", "a JWT is not its own payload");
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
