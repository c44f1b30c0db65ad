//! Signatures of another version than the declared one.

use countersign::scheme::{Algorithm, Format, Location};

use super::Cause;
use super::case::Case;

/// Names the tag or the prefix that the signature has in the place of the declared one.
pub(super) fn other(case: &Case) -> Option<Cause> {
    let signature = &case.provider.scheme.signature;
    let Location::Header(names) = &signature.at else { return None };
    // Credentials have no version, and what stands in front of a colon is a user.
    if matches!(case.provider.scheme.algorithm, Algorithm::Token | Algorithm::Basic) {
        return None;
    }
    let names = names.split(',').map(str::trim);
    let (name, value) = names.into_iter().find_map(|name| Some((name, case.headers.get(name)?)))?;
    let value = value.to_str().ok()?;
    let (found, declared): (String, Vec<String>) = match &signature.format {
        Format::List { separator, assign, tags, .. } if !assign.is_empty() => {
            let items = value.split(|char| separator.contains(char)).map(str::trim);
            let mut signed = items.filter_map(|item| {
                // An item that is the timestamp, or signed itself, is no signature.
                let (tag, text) = item.split_once(&**assign)?;
                let is_signed = || is_stamp(case, tag) || case.signs(&format!("sig:{tag}}}"));
                (text.len() >= SHORTEST && is_word(tag) && !is_signed()).then_some(tag)
            });
            (
                format!("{}{assign}", signed.next()?),
                tags.split('|').map(|tag| format!("{tag}{assign}")).collect(),
            )
        }
        Format::Value { prefixes, .. } => {
            let (tag, text) = value.split_once(['=', ',', ' ', ':'])?;
            let sign = value.get(tag.len()..)?.chars().next()?;
            let is_tag = text.len() >= SHORTEST && is_word(tag);
            (is_tag.then(|| format!("{tag}{sign}"))?, prefixes.split('|').map(str::to_owned).collect())
        }
        _ => return None,
    };
    let takes_any =
        declared.iter().any(|form| form.is_empty() || form.starts_with('*') || form.starts_with('{'));
    // Prefixes of `Authorization` are compared without regard to case.
    if takes_any || declared.iter().any(|form| form.eq_ignore_ascii_case(&found)) {
        return None;
    }
    let declared: Vec<_> = declared.iter().map(|form| format!("`{form}`")).collect();
    Some(Cause::owned(
        "signature_version",
        format!(
            "the header `{name}` has a signature marked `{found}`, and the declaration takes {} only: let the provider \
             send that version, or take the declaration of the version that is sent",
            declared.join(" or ")
        ),
    ))
}

fn is_stamp(case: &Case, tag: &str) -> bool {
    let field = case.provider.scheme.timestamp.as_ref();
    field.is_some_and(|field| matches!(&field.at, Location::SignatureItem(name) if &**name == tag))
}

/// Returns whether the text can be the name of a version, and no part of a signature or a secret.
fn is_word(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

const SHORTEST: usize = 16;
const LONGEST: usize = 12;
