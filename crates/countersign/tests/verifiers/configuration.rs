//! Tests of declarations, keys, warnings and errors of a verifier.

use countersign::{Head, Provider, SecretSet, Signer, SigningRequest, Tolerance, Verifier, providers};

use crate::support::{NOW, declared, secret, signed_body, signed_content};

#[test]
fn a_tolerance_that_nothing_holds_is_refused_if_it_bounds_any_direction() {
    let provider = signed_body("", "");
    let both = Tolerance::seconds(60);
    for (tolerance, is_refused) in [
        (both, true),
        (both.insecure_any_age(), true),
        (both.insecure_any_future(), true),
        (both.insecure_any_age().insecure_any_future(), false),
    ] {
        let built = Verifier::builder(provider.clone(), secret("s")).with_tolerance(tolerance).build();
        assert_eq!(built.is_err(), is_refused, "{tolerance}");
    }
}

#[test]
fn debug_names_the_provider_and_the_keys_and_shows_none() {
    let set = SecretSet::new(secret("hunter2")).with("old", secret("hunter3"));
    let shown = format!("{:?}", Verifier::new(&providers::GITHUB, set.clone()).unwrap());
    assert_eq!(shown, r#"Verifier { provider: "github-sha256", keys: ["primary", "old"] }"#);
    let token = providers::NETLIFY.clone();
    let shown = format!("{:?}", Verifier::new(token.clone(), set).unwrap());
    assert_eq!(shown, r#"Verifier { provider: "netlify", keys: ["primary", "old"] }"#);
    let shown = format!("{:?}", Signer::new(token, secret("hunter2")).unwrap());
    assert!(
        shown.contains(r#"SigningKey { algorithm: "HS256", .. }"#) && !shown.contains("hunter"),
        "{shown}"
    );
}

#[test]
fn an_intake_counts_what_it_has_taken() {
    let provider = signed_body("", "");
    let headers =
        Signer::new(provider.clone(), secret("s")).unwrap().sign(&SigningRequest::new("{}", NOW)).unwrap();
    let mut intake = Verifier::new(provider, secret("s")).unwrap().begin(&Head::new(&headers), NOW).unwrap();
    assert_eq!((intake.is_empty(), intake.len()), (true, 0));
    intake.push("{").unwrap();
    intake.push("").unwrap();
    assert_eq!((intake.is_empty(), intake.len()), (false, 1));
    intake.push("}").unwrap();
    assert_eq!(format!("{intake:?}"), r#"Intake { provider: "own", bytes: 2 }"#);
    assert!(intake.finish(NOW).is_ok());
}

#[test]
fn each_weakness_of_a_declaration_is_a_warning_of_its_own() {
    let warnings = |provider: Provider| -> Vec<(String, String)> {
        let warnings = provider.warnings().unwrap();
        warnings.iter().map(|warning| (warning.field().to_owned(), warning.message().to_owned())).collect()
    };
    let plain = |content: &str| signed_content(content, "", "");
    let hashed = |content: &str| {
        let scheme = format!(
            "algorithm = 'sha256'\ncontent = '{content}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        declared(&scheme, "")
    };
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    let items = "algorithm = 'hmac-sha256'\ncontent = '{json:/id}'\neach = '/items/*'\n\
                 signature = { at = 'json:/signature', encoding = 'hex' }\n";
    for (provider, field, says) in [
        (plain("{url}{body}"), "scheme.content", "`{url}` ends and `{body}` begins"),
        (
            plain("{method}.{base64:body:md5}"),
            "scheme.content",
            "`{base64:body:md5}` is a digest with known collisions",
        ),
        (plain("{form:sorted}"), "scheme.content", "`{form:sorted}` joins names and values"),
        (hashed("{secret}{body}"), "scheme.algorithm", "which that leaves are refused"),
        (declared(items, ""), "scheme.for_each", "items left out"),
        (signed_body(stamp, ""), "scheme.timestamp.at", "does not cover the timestamp at `header:x-at`"),
        (plain("{header:x-a}"), "scheme.content", "does not cover the body"),
        (plain("{json:/id}"), "scheme.content", "covers parts of the body only"),
        (plain("{form:a}"), "scheme.content", "covers parts of the body only"),
        (plain("{body:crc32}"), "scheme.content", "covers a checksum of the body"),
        (signed_body("", "id = 'header:x-id'"), "event.id", "does not cover the id at `header:x-id`"),
    ] {
        let found = warnings(provider);
        let [(at, message)] = found.as_slice() else { panic!("{field}: {found:?}") };
        assert!(at == field && message.contains(says), "{at}: {message}");
    }
    let derived = warnings(hashed("{secret}{json:/id}"));
    assert!(derived.iter().all(|(_, message)| !message.contains("which that leaves")), "{derived:?}");
    for strong in [
        signed_body("", "id = 'json:/id'"),
        plain("{body:json-sorted}"),
        plain("{url}\\n{body}"),
        plain("{body}"),
        hashed("{body}{secret}"),
        signed_content("{timestamp}.{body}", stamp, ""),
        signed_content(
            "{header:x-a}",
            "checks = [{ at = 'header:x-a', equals = '{body}', digest = 'sha256-hex' }]\n",
            "",
        ),
    ] {
        assert!(warnings(strong.clone()).is_empty(), "{:?}", strong.scheme.content);
    }
}

/// A placeholder with a name accepts any name.
#[test]
fn an_argument_that_is_almost_a_placeholder_is_a_warning_with_the_placeholder() {
    let list = "format = { list = { separator = ',', assign = '=', tags = 'v1' } }";
    let says = |content: &str, check: &str| -> Vec<(String, String)> {
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex', {list} }}\n\
             checks = [{{ at = 'header:x-a', equals = '{check}' }}]\n"
        );
        let warnings = declared(&scheme, "").warnings().unwrap();
        let meant = warnings.iter().filter(|warning| warning.message().contains("did you mean"));
        meant.map(|warning| (warning.field().to_owned(), warning.message().to_owned())).collect()
    };
    for (written, meant) in [
        ("{form:php-serialise}", "{form:php-serialize}"),
        ("{form:srted}", "{form:sorted}"),
        ("{form:sorted-after-ulr}", "{form:sorted-after-url}"),
        ("{form:pair}", "{form:pairs}"),
        ("{form:pairs-witout:a,b}", "{form:pairs-without:NAMES}"),
        ("{query:cannonical}{form:a}", "{query:canonical}"),
        ("{sig:t:json-sting}.{form:a}", "{sig:NAME:json-string}"),
    ] {
        let found = says(written, "x");
        let [(field, message)] = found.as_slice() else { panic!("{written}: {found:?}") };
        assert!(
            field == "scheme.content" && message.contains(&format!("did you mean `{meant}`?")),
            "{message}"
        );
    }
    let [(field, _)] = says("{body}", "{query:canonicl}").try_into().unwrap();
    assert_eq!(field, "scheme.checks.equals");
    for written in [
        "{form:sort}",
        "{form:payload}",
        "{form:pairs}",
        "{form:pairs-without:a}",
        "{query:code}{body}",
        "{sig:t}.{body}",
    ] {
        assert_eq!(says(written, "x"), [], "{written}");
    }
    // A name that is none of the kind is refused.
    for written in ["{json:canonicl}", "{headers:sgi:h}.{body}", "{body:json-sortd}"] {
        let scheme = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{written}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        assert_eq!(Provider::from_toml(&scheme).unwrap_err().field(), "scheme.content", "{written}");
    }
}
