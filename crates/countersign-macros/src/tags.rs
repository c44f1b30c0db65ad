use std::collections::HashSet;

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Ident, LitStr, Result, Token};

/// The content of an `#[event(...)]` attribute.
pub(crate) enum Tags {
    Known(Vec<LitStr>),
    Unknown,
}

/// Returns the single `#[event(...)]` attribute.
pub(crate) fn the_attribute<'a>(
    attributes: &'a [Attribute],
    at: Span,
    message: &str,
) -> Result<&'a Attribute> {
    let mut attributes = attributes.iter().filter(|attribute| attribute.path().is_ident("event"));
    match (attributes.next(), attributes.next()) {
        (Some(attribute), None) => Ok(attribute),
        _ => Err(Error::new(at, message)),
    }
}

pub(crate) fn parse(attribute: &Attribute) -> Result<Tags> {
    match attribute.parse_args::<Ident>() {
        Ok(word) if word == "unknown" => Ok(Tags::Unknown),
        Ok(word) => Err(Error::new(word.span(), "expected a string, or `unknown`")),
        Err(_) => {
            let tags = attribute.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated)?;
            if tags.is_empty() {
                return Err(Error::new(attribute.span(), "expected an event type in the attribute"));
            }
            Ok(Tags::Known(tags.into_iter().collect()))
        }
    }
}

/// Returns all types, if none occurs twice.
pub(crate) fn distinct<'t>(tags: impl Iterator<Item = &'t LitStr>) -> Result<Vec<&'t LitStr>> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    for tag in tags {
        if !seen.insert(tag.value()) {
            return Err(Error::new(tag.span(), "this type is declared twice"));
        }
        distinct.push(tag);
    }
    Ok(distinct)
}
