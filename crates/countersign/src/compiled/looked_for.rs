use std::sync::Arc;

use crate::error::VerifyError;
use crate::provider::Provider;
use crate::scheme::{Format, Location};

/// Descriptions of the places that a request is searched for, for the errors about absent values. They are made once, when
/// the declaration is compiled, and an error shares them.
#[derive(Debug)]
pub(crate) struct LookedFor {
    signature: Arc<str>,
    /// The forms of a signature: the prefixes or tags.
    forms: Arc<str>,
    timestamp: Arc<str>,
    id: Arc<str>,
}

impl LookedFor {
    pub(crate) fn new(provider: &Provider) -> Self {
        let scheme = &provider.scheme;
        let signature = match scheme.message_signature {
            Some(_) => "headers signature-input and signature".to_owned(),
            None => scheme.signature.at.describe(),
        };
        let place = |at: Option<&Location>| at.map(|at| within(at, &signature)).unwrap_or_default();
        Self {
            forms: forms(&scheme.signature.format).into(),
            timestamp: place(scheme.timestamp.as_ref().map(|field| &field.at)).into(),
            id: place(provider.event.id.as_ref()).into(),
            signature: signature.into(),
        }
    }

    #[cold]
    pub(crate) fn missing_signature(&self) -> VerifyError {
        VerifyError::MissingSignature { at: Arc::clone(&self.signature) }
    }

    /// Returns the error about a field without a signature in an accepted form.
    #[cold]
    pub(crate) fn unrecognised_signature(&self) -> VerifyError {
        let (at, expected) = (Arc::clone(&self.signature), Arc::clone(&self.forms));
        VerifyError::UnrecognisedSignature { at, expected }
    }

    /// Returns the error about signatures of which none has an accepted version.
    #[cold]
    pub(crate) fn no_accepted_version(&self) -> VerifyError {
        let (at, expected) = (Arc::clone(&self.signature), Arc::clone(&self.forms));
        VerifyError::NoSignatureForExpectedVersion { at, expected }
    }

    #[cold]
    pub(crate) fn missing_timestamp(&self) -> VerifyError {
        VerifyError::MissingTimestamp { at: Arc::clone(&self.timestamp) }
    }

    #[cold]
    pub(crate) fn missing_id(&self) -> VerifyError {
        VerifyError::MissingId { at: Arc::clone(&self.id) }
    }
}

/// Describes a place; a part of the signature field with the place of that field.
fn within(at: &Location, signature: &str) -> String {
    match at {
        Location::SignatureItem(tag) => format!("item `{tag}` of {signature}"),
        Location::SignatureIndex(index) => format!("item {index} of {signature}"),
        at => at.describe(),
    }
}

fn forms(format: &Format) -> String {
    let quoted = |texts: &str, end: &str| {
        let texts = texts.split('|').filter(|text| !text.is_empty());
        texts.map(|text| format!("`{text}{end}`")).collect::<Vec<_>>().join(" or ")
    };
    match format {
        Format::Value { prefixes, .. } => quoted(prefixes, ""),
        Format::List { tags, assign, .. } if tags != "*" => quoted(tags, assign),
        Format::List { .. } => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers;

    fn errors(provider: &Provider) -> [String; 4] {
        let looked_for = LookedFor::new(provider);
        let signature = [looked_for.missing_signature(), looked_for.unrecognised_signature()];
        let others = [looked_for.missing_timestamp(), looked_for.missing_id()];
        let [missing, unrecognised] = signature.map(|error| error.to_string());
        let [timestamp, id] = others.map(|error| error.to_string());
        [missing, unrecognised, timestamp, id]
    }

    #[test]
    fn errors_name_the_place_and_the_prefix() {
        let [missing, unrecognised, timestamp, _] = errors(&providers::STRIPE);
        assert_eq!(missing, "the signature is missing: expected in header stripe-signature");
        assert_eq!(
            unrecognised,
            "no signature in the expected form in header stripe-signature: expected `v1=`"
        );
        assert_eq!(timestamp, "the timestamp is missing: expected in item `t` of header stripe-signature");
        let [missing, unrecognised, _, id] = errors(&providers::GITHUB);
        assert_eq!(missing, "the signature is missing: expected in header x-hub-signature-256");
        assert!(unrecognised.ends_with(": expected `sha256=`"), "{unrecognised}");
        assert_eq!(id, "the delivery id is missing: expected in header x-github-delivery");
    }

    #[test]
    fn a_list_whose_items_may_have_any_name_expects_none() {
        let format = |tags| Format::list(",", "=", tags);
        assert_eq!(forms(&format("v1|v2")), "`v1=` or `v2=`");
        assert_eq!(forms(&format("*")), "");
    }

    #[test]
    fn the_errors_of_every_declaration_name_a_place() {
        for provider in providers::all() {
            let [missing, _, timestamp, id] = errors(provider);
            let has_place =
                |error: &str| error.split_once("expected in ").is_some_and(|(_, at)| at.len() > 3);
            assert!(has_place(&missing), "{}: {missing}", provider.slug);
            assert!(
                provider.scheme.timestamp.is_none() || has_place(&timestamp),
                "{}: {timestamp}",
                provider.slug
            );
            assert!(provider.event.id.is_none() || has_place(&id), "{}: {id}", provider.slug);
        }
    }
}
