use super::*;
use crate::scheme::{Encoding, Location, Template};

fn parse<'f>(format: &Format, field: &'f str, timestamp: Option<&Source>) -> Result<Items<'f>, VerifyError> {
    let mut items = Items::up_to(usize::MAX);
    Grammar::new(&field_of(format)).unwrap().parse(field.as_bytes(), timestamp, &mut items).map(|()| items)
}

fn field_of(format: &Format) -> SignatureField {
    SignatureField::at(Location::header("x-signature"), format.clone(), Encoding::Hex)
}

#[test]
fn the_scheme_of_credentials_has_any_case_and_other_prefixes_have_theirs() {
    let parse = |header: &'static str, prefixes: &str, field: &'static str| {
        let format = Format::Value {
            prefixes: prefixes.to_owned().into(),
            required: true,
            key_id: Template::default(),
        };
        let field_of = SignatureField::at(Location::header(header), format, Encoding::Text);
        let mut items = Items::up_to(usize::MAX);
        Grammar::new(&field_of).unwrap().parse(field.as_bytes(), None, &mut items).unwrap();
        items.signatures.first().map(|found| String::from_utf8(found.to_vec()).unwrap())
    };
    for field in ["Basic dXNl", "basic dXNl", "BASIC   dXNl"] {
        assert_eq!(parse("authorization", "Basic ", field).as_deref(), Some("dXNl"), "{field}");
    }
    assert_eq!(parse("proxy-authorization", "HMAC-SHA256 ", "hmac-sha256 ab").as_deref(), Some("ab"));
    for field in ["BasicdXNl", "Bearer dXNl", "Basic", "Basic ", "Basi dXNl"] {
        assert_eq!(parse("authorization", "Basic ", field), None, "{field}");
    }
    assert_eq!(parse("authorization", "sha256=", "SHA256=ab"), None, "it is no scheme of credentials");
    assert_eq!(parse("authorization", "sha=1 ", "SHA=1 ab"), None, "a scheme is a token");
    assert_eq!(parse("x-signature", "HMAC ", "hmac ab"), None, "nor is it in another header");
}

#[test]
fn the_name_of_the_key_stands_between_prefix_and_signature() {
    let named = |key_id: &'static str, field: &str| {
        let field_of = SignatureField::at(
            Location::header("authorization"),
            Format::after("app ", key_id),
            Encoding::Text,
        );
        let mut items = Items::up_to(usize::MAX);
        Grammar::new(&field_of).unwrap().parse(field.as_bytes(), None, &mut items).unwrap();
        items.signatures.first().map(|found| String::from_utf8(found.to_vec()).unwrap())
    };
    assert_eq!(named("k-1:", "App k-1:ab").as_deref(), Some("ab"));
    for other in ["app k-2:ab", "app K-1:ab", "app k-1", "app :ab", "app ab", "k-1:ab", "app x:k-1:ab"] {
        assert_eq!(named("k-1:", other), None, "{other}");
    }
    // A parameter that is not set yet.
    for field in ["app k-1:ab", "app k-2:ab"] {
        assert_eq!(named("{param:key}:", field).as_deref(), Some("ab"), "{field}");
    }
    for refused in
        ["{timestamp}:", "{param:key}", "{param:a}{param:b}:", "a{param:key}:", "{body}", "{param:key"]
    {
        let error = Grammar::new(&SignatureField::at(
            Location::header("authorization"),
            Format::Value {
                prefixes: "".into(),
                required: false,
                key_id: Template::from(refused.to_owned()),
            },
            Encoding::Text,
        ));
        assert_eq!(error.unwrap_err().field(), "scheme.signature.format", "{refused}");
    }
}

fn signatures(format: &Format, field: &str) -> Vec<String> {
    let items = parse(format, field, None).unwrap();
    items.signatures.iter().map(|s| String::from_utf8(s.to_vec()).unwrap()).collect()
}

#[test]
fn a_required_prefix_refuses_downgrades() {
    let github = Format::prefixed("sha256=");
    assert_eq!(signatures(&github, "sha256=ab"), ["ab"]);
    for downgrade in ["sha1=ab", "ab", "SHA256=ab", "md5=sha256=ab"] {
        assert!(signatures(&github, downgrade).is_empty(), "{downgrade}");
    }
}

#[test]
fn an_optional_prefix_is_removed_once() {
    let format = Format::optional_prefix("sha256=|v1=");
    assert_eq!(signatures(&format, "v1=ab"), ["ab"]);
    assert_eq!(signatures(&format, "ab"), ["ab"]);
    assert_eq!(signatures(&format, "v1=v1=ab"), ["v1=ab"]);
}

#[test]
fn siblings_of_other_versions_are_skipped() {
    let svix = Format::list(" ", ",", "v1");
    assert_eq!(signatures(&svix, "v1a,xx v2,yy  v1,zz= junk v1,ww"), ["zz=", "ww"]);
    let stripe = Format::list(",", "=", "v1");
    assert_eq!(signatures(&stripe, "t=1, v1=aa,v0=bb,v1=cc"), ["aa", "cc"]);
    assert!(signatures(&stripe, "i'm not even a real signature header").is_empty());
}

#[test]
fn a_field_of_one_item_is_read_like_one_of_several() {
    let format = Format::list(";", "=", "v1");
    for (field, expected) in [
        ("v1=ab", vec!["ab"]),
        (" v1=ab ", vec!["ab"]),
        ("v1=ab ", vec!["ab"]),
        ("v1=ab\t", vec!["ab"]),
        ("v1=ab,", vec!["ab"]),
        ("v1=ab;", vec!["ab"]),
        ("v1=ab;v1=cd", vec!["ab", "cd"]),
        ("v1=", vec![]),
        ("v2=ab", vec![]),
    ] {
        assert_eq!(signatures(&format, field), expected, "{field:?}");
        let padded: Vec<_> = signatures(&format, &format!("{field};v0=x"));
        assert_eq!(padded, expected, "{field:?} and another");
    }
}

#[test]
fn separators_and_assignments_may_be_longer() {
    assert_eq!(signatures(&Format::list(" ,", "=", "v1"), "t=1,v1=aa t=1,v1=bb"), ["aa", "bb"]);
    assert_eq!(
        signatures(&Format::list(",", "/SHA256/", "1|2"), "1/SHA256/aa,2/SHA256/bb,3/x"),
        ["aa", "bb"]
    );
}

#[test]
fn quotes_are_removed_from_one_item_as_from_several() {
    let keygen = Format::list(",", "=\"", "signature");
    assert_eq!(signatures(&keygen, r#"keyid="a",signature="bb""#), ["bb"]);
    assert_eq!(signatures(&keygen, r#"signature="bb""#), ["bb"]);
}

#[test]
fn any_tag_may_do() {
    let worldpay = Format::list(",", "/SHA256/", "*");
    assert_eq!(signatures(&worldpay, "1/SHA256/aa, key2/SHA256/bb,3/SHA1/cc,dd"), ["aa", "bb"]);
}

#[test]
fn a_list_may_have_the_separator_of_the_field() {
    let grammar = Grammar::new(&field_of(&Format::list(",", "=", "v1"))).unwrap();
    for (field, list) in [
        ("t=1,h=a b,v1=x", Some("a b")),
        ("t=1,h=a,b, c,v1=x", Some("a,b, c")),
        ("h=a", Some("a")),
        ("h=a,,v1=x", Some("a")),
        ("h=a, ,v1=x", Some("a")),
        ("h=a,v1=x,b", Some("a")),
        ("v1=x, h=a,b", Some("a,b")),
        ("h=,v1=x", Some("")),
        ("t=1,v1=x", None),
    ] {
        let found = grammar.list_item(field.as_bytes(), b"h");
        assert_eq!(found, list.map(str::as_bytes), "{field}");
    }
}

#[test]
fn bare_items_count_where_they_are_declared() {
    let format = Format::List { separator: ",".into(), assign: "".into(), tags: "".into(), bare: true };
    assert_eq!(signatures(&format, "aa, bb"), ["aa", "bb"]);
}

#[test]
fn timestamps_are_found_by_tag_and_by_position() {
    let stripe = Format::list(",", "=", "v1");
    let t = Source::SignatureItem(b"t".to_vec());
    let stamp = |field| parse(&stripe, field, Some(&t)).map(|items| items.timestamp.map(<[u8]>::to_vec));
    assert_eq!(stamp("v1=aa,t=12"), Ok(Some(b"12".to_vec())));
    assert_eq!(stamp("v1=aa"), Ok(None));
    assert_eq!(stamp("t=1,t=1"), Ok(Some(b"1".to_vec())));
    assert!(stamp("t=1,t=2,v1=aa").is_err());
    let bare = Format::List { separator: ",".into(), assign: "".into(), tags: "".into(), bare: true };
    let items = parse(&bare, "12,aa", Some(&Source::SignatureIndex(0))).unwrap();
    assert_eq!(items.timestamp, Some(b"12".as_slice()));
}
