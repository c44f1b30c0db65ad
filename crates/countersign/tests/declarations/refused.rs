//! Tests of declarations that are refused because their signatures would prove nothing.

use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};

/// With any of these contents, one recorded signature would be valid for every body.
#[test]
fn a_declaration_whose_content_signs_nothing_does_not_load() {
    let declared = |content: &str| {
        format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{content}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            "#
        )
    };
    for content in ["", "a constant", "{form:php-serialize}", "v0:{method}"] {
        let refused =
            Provider::from_toml(&declared(content)).map(drop).map_err(|error| error.field().to_owned());
        let is_refused = matches!(&refused, Err(field) if field == "scheme.content");
        assert!(is_refused, "{content:?}: {refused:?}");
    }
    assert!(Provider::from_toml(&declared("{body}")).is_ok());
}

/// The secret is hashed where the declaration says so, or the declaration does not load.
#[test]
fn a_secret_that_would_not_be_hashed_or_compared_is_refused() {
    let declared = |content: &str, checks: &str| {
        let toml = format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "sha256"
            content = "{content}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            checks = [{checks}]
            "#
        );
        Provider::from_toml(&toml).map(drop).map_err(|error| error.field().to_owned())
    };
    let refused = |field: &str| Err(field.to_owned());
    for content in [
        "{?{secret}:?}{body}",
        "{body}{?.{secret}?}",
        "{?{header:x-a}{secret}?}{body}{secret}",
        "{secret}{method}{secret}{body}",
        "{body}{secret}{secret}",
    ] {
        assert_eq!(declared(content, ""), refused("scheme.content"), "{content}");
    }
    for content in
        ["{secret}{body}", "{body}{secret}", "{secret}{body}{secret}", "{?{header:x-a}:?}{secret}{body}"]
    {
        assert_eq!(declared(content, ""), Ok(()), "{content}");
    }
    for equals in ["{secret}", "a{secret}", "{secret}{body}"] {
        let check = format!(r#"{{ at = "header:x-token", equals = "{equals}" }}"#);
        assert_eq!(declared("{secret}{body}", &check), refused("scheme.checks.equals"), "{equals}");
    }
    for (equals, field) in [("{id}", "event.id"), ("{timestamp}", "scheme.timestamp")] {
        let check = format!(r#"{{ at = "header:x-token", equals = "{equals}" }}"#);
        assert_eq!(declared("{secret}{body}", &check), refused(field), "{equals}");
    }
}

/// The body that is signed through one of several values in it could have any others.
#[test]
fn a_check_that_one_of_several_values_passes_binds_no_body() {
    let declared = |separator: &str| {
        let toml = format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{{header:x-body}}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            checks = [{{ at = "header:x-body", equals = "{{body}}", separator = "{separator}" }}]
            "#
        );
        Provider::from_toml(&toml).unwrap()
    };
    let (now, secret) = (UnixTime::from_secs(0), || Secret::new("s3cret").unwrap());
    for (separator, body, is_signed) in [("", "a", true), (",", "a", false), (",", "b,a", false)] {
        let provider = declared(separator);
        let request =
            SigningRequest::new("a", now).with_header("x-body".parse().unwrap(), "a".parse().unwrap());
        let mut headers = Signer::new(provider.clone(), secret()).unwrap().sign(&request).unwrap();
        headers.insert("x-body", "a".parse().unwrap());
        let delivery =
            Verifier::new(provider, secret()).unwrap().verify(&Head::new(&headers), body, now).unwrap();
        assert_eq!(delivery.is_body_signed(), is_signed, "{separator:?} {body}");
    }
}

/// Text that is signed after a number could be its last digits.
#[test]
fn a_body_that_is_a_number_is_refused_where_json_is_signed_in_another_form() {
    for part in ["{body:json-sorted}", "{body:json-php}", "{base64:body:json-sorted}"] {
        let toml = format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{part}{{id}}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            event = {{ id = "header:x-id" }}
            "#
        );
        let toml = toml.replace("event = { id = \"header:x-id\" }", "[event]\nid = \"header:x-id\"");
        let provider = Provider::from_toml(&toml).unwrap();
        let (now, secret) = (UnixTime::from_secs(0), || Secret::new("s3cret").unwrap());
        let signer = Signer::new(provider, secret()).unwrap();
        for (body, is_signed) in
            [("{}", true), ("[1]", true), ("\"1\"", true), ("12", false), (" -1.5 ", false)]
        {
            let request = SigningRequest::new(body, now).with_id("3");
            assert_eq!(signer.sign(&request).is_ok(), is_signed, "{part} {body}");
        }
    }
}

/// The list of headers and the body are told apart by the signed item with the list, and by nothing else.
#[test]
fn a_list_of_headers_in_an_item_needs_the_item_before_it_and_the_body_behind_it() {
    let declared = |content: &str| {
        let declaration = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             [scheme.signature]\nat = 'header:x-signature'\nencoding = 'hex'\n\
             format = {{ list = {{ separator = ',', assign = '=', tags = 'v1' }} }}\n"
        );
        let provider = Provider::from_toml(&declaration).map_err(|error| error.to_string())?;
        provider.coverage().map_err(|error| error.to_string())
    };
    let good = declared("{sig:t}.{sig:h}.{headers:sig:h}.{body}").unwrap();
    assert!(good.body, "{good:?}");
    for content in [
        "{headers:sig:h}.{body}",
        "{sig:g}.{headers:sig:h}.{body}",
        "{sig:h}.{headers:sig:h}.{header:x-id}|{body}",
        "{sig:h}.{headers:sig:h}{body}",
        "{sig:h}.{headers:sig:h}|{body}",
        "{sig:h}.{headers:sig:h}.{body:sha256-hex}",
        "{sig:h}.{headers:sig:h}.{headers:sig:g}.{body}",
        "{?{sig:h}?}.{headers:sig:h}.{body}",
        "{sig:h}.{body}.{headers:sig:h}",
    ] {
        let refused = declared(content).unwrap_err();
        assert!(refused.contains("write `{sig:NAME}` before it"), "{content}: {refused}");
    }
}

/// Several texts of a signature are the same bytes.
#[test]
fn no_content_covers_the_text_of_its_own_signature() {
    let id = |at: &str| {
        let declaration = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{{body:json-php}}'\n\
             signature = {{ at = 'json:/sign', encoding = 'hex' }}\n[event]\nid = '{at}'\n"
        );
        Provider::from_toml(&declaration).unwrap().coverage().unwrap().id
    };
    assert!(id("json:/id"));
    for at in ["json:/sign", "json:/sign/0", "json:/id|/sign"] {
        assert!(!id(at), "{at}");
    }
}

/// A group is left out without its value. With a second value in it, the first one could be changed where the second is missing.
#[test]
fn a_group_of_two_values_is_refused() {
    for content in ["{?{header:x-a}.{header:x-b};?}{body}", "{?{timestamp}{id}?}{body}"] {
        let declaration = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        let refused = Provider::from_toml(&declaration).unwrap_err().to_string();
        assert!(refused.contains("a group has one placeholder"), "{content}: {refused}");
    }
}
