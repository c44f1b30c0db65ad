//! Checks that some request can verify: a declaration that no genuine request fits is refused when it is loaded.

use super::scheme::CompiledScheme;
use super::source::Source;
use crate::error::ConfigError;
use crate::scheme::{Content, Encoding, Format, Location, Needs, Part, Presence};
use crate::time::UnixTime;

pub(super) fn check(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    check_list(compiled)?;
    check_circle(compiled)?;
    check_body_kind(compiled)?;
    check_items(compiled)?;
    check_constants(compiled)
}

/// Checks that the items of a list can be told apart, and that their tags can occur.
fn check_list(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    let refuse = |field: &str, problem: String| Err(ConfigError::new(field, problem));
    let is_list = matches!(scheme.signature.format, Format::List { .. });
    let is_item = compiled.timestamp.as_ref().is_some_and(Source::is_in_signature);
    if is_item && scheme.message_signature.is_none() && (!is_list || compiled.signature.is_in_body()) {
        let problem = "is an item of the signature field, which has to be a list (`scheme.signature.format`) in the head";
        return refuse("scheme.timestamp.at", problem.to_owned());
    }
    let Format::List { separator, assign, tags, .. } = &scheme.signature.format else {
        return Ok(());
    };
    if compiled.grammar.tags_are_keys() && !compiled.signature.is_in_body() {
        let problem =
            "`{key}` names the key of a signature in the body: expected `json:` or `form:`".to_owned();
        return refuse("scheme.signature.at", problem);
    }
    let splits = |text: &str| text.chars().find(|char| separator.contains(*char));
    let named = tags.split('|').filter(|tag| !matches!(*tag, "" | "*" | "{key}"));
    let items = compiled.content.head_values().filter(|value| value.row.needs == Needs::SignatureItem);
    let items = items.map(|value| value.text.as_str());
    let timestamp = scheme.timestamp.as_ref();
    let stamp = timestamp.and_then(|field| match &field.at {
        Location::SignatureItem(tag) => Some(&**tag),
        _ => None,
    });
    for tag in named.clone().chain(items).chain(stamp) {
        if splits(tag).is_some() || !assign.is_empty() && tag.contains(&**assign) {
            return refuse(
                "scheme.signature.format",
                format!("the tag `{tag}` contains a separator or `assign`, so no item has it"),
            );
        }
    }
    if stamp.is_some_and(|stamp| named.clone().any(|tag| tag == stamp)) {
        return refuse("scheme.timestamp.at", "is the item of the signature".to_owned());
    }
    let digits = match scheme.signature.encoding {
        Encoding::Hex => "0123456789abcdef",
        Encoding::Base64 | Encoding::Base64Url | Encoding::Base64UrlUnpadded => {
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        }
        _ => "",
    };
    if let Some(digit) = separator.chars().find(|char| digits.contains(*char)) {
        return refuse(
            "scheme.signature.format",
            format!("the separator `{digit}` is a character of the signature in its encoding"),
        );
    }
    let is_item = |at: &Location| matches!(at, Location::SignatureItem(_) | Location::SignatureIndex(_));
    let Some(field) = timestamp.filter(|field| is_item(&field.at)) else { return Ok(()) };
    let sample = field.format.render(SAMPLE);
    match splits(&sample) {
        Some(found) => refuse(
            "scheme.timestamp.format",
            format!("a timestamp of this format, such as `{sample}`, contains the separator `{found}`"),
        ),
        None => Ok(()),
    }
}

/// Checks that the signature is not part of its own content.
fn check_circle(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    if compiled.content.values().any(|value| value.contains(&compiled.provider.scheme.signature.at)) {
        let problem = "contains the signature, which would have to be known before it is computed: name the parts that \
                       are signed";
        return Err(ConfigError::new("scheme.content", problem));
    }
    Ok(())
}

/// Checks that all required values of the body are in one kind of body, and that id and type may be in that kind.
fn check_body_kind(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    // The JSON of a form field counts as the body, and so does the payload of a JWT.
    if compiled.payload.is_some() || scheme.jwt.is_some() {
        return Ok(());
    }
    let kinds = |source: &Source| [matches!(source, Source::Json(_)), matches!(source, Source::Form(_))];
    let of = |content: &Content| [content.needs(Needs::Json), content.needs(Needs::Form)];
    let is_optional = scheme.timestamp.as_ref().is_some_and(|field| field.optional);
    let stamp = compiled.timestamp.as_ref().filter(|_| !is_optional).map(kinds).unwrap_or_default();
    let checks = compiled.checks.iter().zip(scheme.checks.iter());
    let required = checks.filter(|(_, check)| check.presence == Presence::Required);
    let checks = required.flat_map(|(compiled, _)| {
        let (at, equals) = (kinds(compiled.source()), of(&compiled.content));
        [("scheme.checks.at", at), ("scheme.checks.equals", equals)]
    });
    let first =
        [("scheme.content", of(&compiled.content)), ("scheme.signature.at", kinds(&compiled.signature))];
    let (mut json, mut form) = (false, false);
    for (field, [is_json, is_form]) in first.into_iter().chain([("scheme.timestamp.at", stamp)]).chain(checks)
    {
        (json, form) = (json || is_json, form || is_form);
        if json && form {
            let problem = "is in another kind of body than the values before it: a body is a form or JSON";
            return Err(ConfigError::new(field, problem));
        }
    }
    let cannot_be =
        |place: &Source| form && matches!(place, Source::Json(_)) || json && matches!(place, Source::Form(_));
    for (field, place) in [("event.id", &compiled.id), ("event.type", &compiled.event_type)] {
        let Some(place) = place.as_ref().filter(|place| place.is_in_body()) else { continue };
        if place.in_body().iter().all(cannot_be) {
            let problem = "is in another kind of body than the signed values: a body is a form or JSON";
            return Err(ConfigError::new(field, problem));
        }
    }
    Ok(())
}

/// Checks that every item of an array can have a signature of its own.
fn check_items(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    if compiled.for_each.is_some()
        && scheme.algorithm.covers_content()
        && !matches!(compiled.signature, Source::Json(_))
    {
        let problem = "is a place for one signature, and `for_each` requires one in every item: `json:` and its place there";
        return Err(ConfigError::new("scheme.signature.at", problem));
    }
    Ok(())
}

/// Checks that no value has to be two texts at once.
fn check_constants(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let mut seen: Vec<(&Location, String)> = Vec::new();
    for check in compiled.provider.scheme.checks.iter().filter(|check| check.presence == Presence::Required) {
        let content = check.equals.parse()?;
        let is_constant =
            content.body.is_empty() && content.fixed().all(Part::is_literal) && check.separator.is_empty();
        let single = !matches!(check.at, Location::Claim(_) | Location::FirstOf(_));
        if !is_constant || !single {
            continue;
        }
        let value = format!("{}{}{:?}", check.prefix, check.equals.as_str(), check.digest);
        match seen.iter().find(|(at, _)| **at == check.at) {
            Some((_, other)) if *other != value => {
                let problem = format!("two checks require different values at `{}`", check.at);
                return Err(ConfigError::new("scheme.checks", problem));
            }
            Some(_) => {}
            None => seen.push((&check.at, value)),
        }
    }
    Ok(())
}

/// 2023-11-14T22:13:20Z.
const SAMPLE: UnixTime = UnixTime::from_secs(1_700_000_000);
