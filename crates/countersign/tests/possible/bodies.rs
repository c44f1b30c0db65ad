//! Tests of places in the body that a declaration reads.

use countersign::Provider;

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
