//! Checks that the parts of a declaration fit together.

use super::scheme::CompiledScheme;
use super::source::Source;
use super::{challenges, message_signature, possible, readable, variation};
use crate::error::ConfigError;
use crate::scheme::{
    Algorithm, Content, Covers, Encoding, Format, JwtRules, Location, Needs, Part, Shape, Value,
};

/// Checks all of a declaration.
pub(super) fn check(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    check_scheme(compiled)?;
    challenges::check(compiled)?;
    message_signature::check(&compiled.provider.scheme)?;
    check_contents(compiled)?;
    check_second_reading(compiled)?;
    check_places(compiled)?;
    readable::check(compiled)?;
    check_stand_ins(compiled)?;
    possible::check(compiled)
}

/// Checks that headers which stand in for parameters of a JWT are signed.
fn check_stand_ins(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let mut stand_ins = compiled.provider.scheme.jwt.iter().flat_map(JwtRules::stand_ins);
    needs(
        stand_ins.next().is_none() || compiled.content.claimed_list().is_some(),
        "scheme.jwt.parameter_headers",
        "stands in for signed parameters, so the headers have to be signed: sign them with `{headers:claim:…}`",
    )
}

/// Checks that algorithm, content, encoding and fields fit together.
fn check_scheme(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    needs(
        compiled.provider.slug.starts_with(|first: char| first.is_ascii_alphanumeric())
            && compiled.provider.slug.bytes().all(is_plain),
        "slug",
        "stands in paths, names of files and metrics: begin it with a letter or digit, and use letters, digits, `-`, `_` and `.` only",
    )?;
    // The content of a scheme with detached JWTs is their payload.
    let is_payload = scheme.jwt.as_ref().is_some_and(|rules| rules.detached);
    needs(
        is_payload
            || compiled.content.is_empty()
                != (scheme.algorithm.covers_content() && scheme.message_signature.is_none()),
        "scheme.content",
        "is needed by every algorithm but `token` and `basic`, which sign nothing, and `jwt`, which signs the JWT; it has \
         to be empty with `message_signature`, whose requests say what is signed",
    )?;
    needs(
        compiled.content.needs(Needs::Secret) == scheme.algorithm.takes_secret_in_content(),
        "scheme.content",
        "`{secret}` belongs into the content of the plain hashes, such as `sha1` and `sha256`, and only there",
    )?;
    let is_secret = |part: &&Part| part.needs(Needs::Secret);
    needs(
        [&compiled.content.before, &compiled.content.after]
            .iter()
            .all(|parts| parts.iter().filter(is_secret).count() < 2),
        "scheme.content",
        "has `{secret}` twice on one side of the body",
    )?;
    needs(
        (scheme.signature.encoding == Encoding::Text) == (scheme.algorithm == Algorithm::Token),
        "scheme.signature.encoding",
        "`text` is the encoding of `token`, and of nothing else",
    )?;
    needs(
        scheme.signature.encoding != Encoding::Base64Json || scheme.algorithm.is_asymmetric(),
        "scheme.signature.encoding",
        "`base64-json` is an encoding for public keys",
    )?;
    let checked = |needs| compiled.checks.iter().any(|check| check.content.needs(needs));
    needs(
        !checked(Needs::Secret),
        "scheme.checks.equals",
        "`{secret}` is never compared with a value of the request: if the request carries the secret, its algorithm is `token`",
    )?;
    let uses = |needs| compiled.content.needs(needs) || checked(needs);
    needs(
        !uses(Needs::Timestamp) || compiled.dated_by_head,
        "scheme.timestamp",
        "`{timestamp}` stands in the content or in a check, so its place outside the body has to be declared",
    )?;
    needs(
        !uses(Needs::Id) || matches!(&compiled.id, Some(source) if source.is_in_head()),
        "event.id",
        "`{id}` stands in the content or in a check, so its place outside the body has to be declared",
    )?;
    needs(
        !compiled.signature.is_in_signature(),
        "scheme.signature.at",
        "the signature field cannot be inside itself",
    )?;
    Ok(())
}

/// Checks the places of values, and that claims occur only with JWTs.
fn check_places(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    needs(
        (scheme.algorithm == Algorithm::Jwt) == scheme.jwt.is_some(),
        "scheme.jwt",
        "belongs to the algorithm `jwt`, and only there",
    )?;
    for (field, source) in [
        ("scheme.timestamp.at", compiled.timestamp.as_ref()),
        ("event.id", compiled.id.as_ref()),
        ("event.type", compiled.event_type.as_ref()),
    ] {
        needs(!matches!(source, Some(Source::Body)), field, "is a value, and `body` is all that is sent")?;
        needs(
            scheme.jwt.is_some() || !matches!(source, Some(Source::Claim(_))),
            field,
            "is a claim, and only JWTs have claims",
        )?;
    }
    for (field, source) in [
        ("scheme.signature.at", Some(&compiled.signature)),
        ("scheme.timestamp.at", compiled.timestamp.as_ref()),
    ] {
        needs(
            !source.is_some_and(Source::is_mixed),
            field,
            "mixes places in the head and in the body: use only one of the two",
        )?;
    }
    for check in &compiled.checks {
        needs(check.at != Location::Body, "scheme.checks.at", "is a value, and `body` is all that is sent")?;
        needs(
            scheme.jwt.is_some() || !matches!(check.at, Location::Claim(_)),
            "scheme.checks.at",
            "is a claim, and only JWTs have claims",
        )?;
    }
    let Some(rules) = &scheme.jwt else {
        return needs(
            !matches!(compiled.signature, Source::Body | Source::Claim(_)),
            "scheme.signature.at",
            "is a place for JWTs",
        );
    };
    rules.check()?;
    needs(
        matches!(compiled.signature, Source::Headers(_) | Source::Json(_) | Source::Body),
        "scheme.signature.at",
        "a JWT is in a header, a member of a JSON body, or it is the body",
    )?;
    needs(
        scheme.signature.encoding == Encoding::Base64Url
            && matches!(scheme.signature.format, Format::Value { .. }),
        "scheme.signature",
        "a JWT is one value in `base64url`",
    )?;
    needs(
        !rules.detached || !compiled.signature.is_in_body(),
        "scheme.jwt.detached",
        "the body cannot be both the JWT and its payload",
    )?;
    needs(compiled.for_each.is_none(), "scheme.for_each", "a JWT is not one per item")
}

/// Checks that a second reading of the content differs from the first, and is the only one.
fn check_second_reading(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    let is_url = |part: &Part| match part.value().map(|value| value.row.covers) {
        Some(Covers::Url { origin, path, .. }) => origin || path && scheme.any_trailing_slash,
        _ => false,
    };
    let readings = [scheme.any_port, scheme.any_trailing_slash, scheme.optional_start];
    needs(
        readings.into_iter().filter(|reading| *reading).count() < 2,
        "scheme.content",
        "goes together with one of `any_port`, `any_trailing_slash` and `optional_start`: a signature is tried with one \
         other content",
    )?;
    needs(
        scheme.algorithm.is_asymmetric()
            || compiled.tries.is_one_secret_within(scheme.most_hashes(&compiled.content)),
        "scheme.key.alternatives",
        "multiply with the readings of the content (`any_port`, `any_trailing_slash`, `optional_start`, `final_newline`) and \
         the algorithm to more computations over each request than the limit: declare fewer of them",
    )?;
    needs(
        compiled.for_each.is_none() || scheme.readings() == 1,
        "scheme.for_each",
        "signs every item, of which each would be tried with two contents: leave out `any_port`, `any_trailing_slash`, \
         `optional_start` and `final_newline`",
    )?;
    needs(
        !scheme.any_port && !scheme.any_trailing_slash || compiled.content.before.iter().any(is_url),
        "scheme.content",
        "does not have the part of the URL before the body that `any_port` (`{url}`) or `any_trailing_slash` (`{path}`) \
         changes",
    )
}

/// Returns whether the list of headers that an item of the signature names, if there is one, is signed beside the item, and
/// ends where the body begins.
fn ends_list_of_item(content: &Content) -> bool {
    let is_list = |part: &Part| part.needs(Needs::HeadersOfItem);
    let all = content.before.iter().chain(&content.after).flat_map(Part::flat);
    match all.filter(|part| is_list(part)).count() {
        0 => return true,
        1 => {}
        _ => return false,
    }
    let [before @ .., list, Part::Literal(dot)] = content.before.as_slice() else { return false };
    let name = list.value().filter(|_| is_list(list)).map(|value| &value.text);
    let is_item =
        |part: &Part| part.needs(Needs::SignatureItem) && part.value().map(|value| &value.text) == name;
    let body = content.body.first().and_then(Part::value);
    dot == "." && before.iter().any(is_item) && body.is_some_and(Value::is_raw_body)
}

fn is_start_and_body(content: &Content) -> bool {
    matches!(content.before.as_slice(), [Part::Literal(_)])
        && content.is_raw_body()
        && content.after.is_empty()
}

/// Checks that every part of a content can have a value, and that some part depends on the request and is required.
fn check_contents(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    let checked = compiled.checks.iter().map(|check| ("scheme.checks.equals", &check.content));
    for (field, content) in std::iter::once(("scheme.content", &compiled.content)).chain(checked) {
        let needs = |ok: bool, problem: &str| if ok { Ok(()) } else { Err(ConfigError::new(field, problem)) };
        let top_level = |path: &[String]| path.len() == 1;
        needs(
            !content.body_values().any(|value| value.row.covers == Covers::OtherValues)
                || !matches!(&compiled.signature, Source::Json(path) if !top_level(path)),
            "leaves out the signature, which has to be a member of the body itself: `json:/NAME`",
        )?;
        let is_closed_form = |value: &Value| {
            value.row.covers == Covers::OtherValues
                && value.row.needs == Needs::Form
                && value.row.shape == Shape::Closed
        };
        needs(
            !content.body_values().any(is_closed_form) || matches!(compiled.signature, Source::Form(_)),
            "is all fields of a form but that of the signature, so `scheme.signature.at` has to be `form:NAME`",
        )?;
        needs(
            !scheme.optional_start || is_start_and_body(content),
            "has to be a literal, which `optional_start` may leave out, and `{body}`: a value behind it could begin with the \
             literal itself",
        )?;
        needs(
            !content.needs(Needs::SignatureItem) || matches!(scheme.signature.format, Format::List { .. }),
            "`{sig:…}` is an item of the signature field, so `scheme.signature.format` has to be a list",
        )?;
        needs(
            ends_list_of_item(content),
            "has `{headers:sig:NAME}`, which is told from the body by the list in `{sig:NAME}`: write `{sig:NAME}` before it, \
             `.{body}` after it, and no second list",
        )?;
        needs(
            !content.needs(Needs::HeadersOfClaim) || scheme.jwt.as_ref().is_some_and(|rules| rules.detached),
            "`{headers:claim:…}` is listed by a claim in the header of a JWT, so `scheme.jwt` has to be `detached`",
        )?;
        needs(
            !(content.needs(Needs::Form) && content.needs(Needs::Json)),
            "a body is a form or JSON: placeholders `{form:…}` and `{json:…}` exclude each other",
        )?;
    }
    let signs_body_field = match compiled.signature {
        Source::Json(_) => !compiled.content.needs(Needs::Form),
        Source::Form(_) => !compiled.content.needs(Needs::Json),
        _ => true,
    };
    if !signs_body_field {
        return Err(ConfigError::new(
            "scheme.signature.at",
            "is in another kind of body than the content, which signs a form or JSON",
        ));
    }
    variation::check(compiled)
}

fn needs(ok: bool, field: &str, problem: &str) -> Result<(), ConfigError> {
    if ok { Ok(()) } else { Err(ConfigError::new(field, problem)) }
}
