//! Headers other than those that a signer writes.

use countersign::Provider;
use countersign::scheme::{Check, Location, Presence};

use super::SIGNED_VALUE;
use super::template::Placeholder;

/// Returns the first name of a header, with 1 for a number.
pub(super) fn first_header(at: &'static Location) -> Option<&'static str> {
    let Location::Header(names) = at.alternatives().first()? else { return None };
    let name = names.split(',').next()?.trim();
    Some(match name.strip_suffix('*') {
        Some(front) => format!("{front}1").leak(),
        None => name,
    })
}

/// Returns headers that are signed, other than id, type and timestamp, and those that are checked.
pub(super) fn others(
    placeholders: &[Placeholder],
    provider: &'static Provider,
) -> Result<Vec<(&'static str, &'static str)>, String> {
    let mut headers = Vec::new();
    for check in &*provider.scheme.checks {
        headers.extend(checked(check)?);
    }
    let timestamp = provider.scheme.timestamp.as_ref().map(|field| &field.at);
    let event = &provider.event;
    let by_signer =
        [timestamp, event.id.as_ref(), event.event_type.as_ref()].map(|at| at.and_then(first_header));
    for placeholder in placeholders {
        if let Placeholder::Header(name) = placeholder
            && !by_signer.contains(&Some(*name))
            && headers.iter().all(|(other, _)| other != name)
        {
            headers.push((*name, SIGNED_VALUE));
        }
    }
    Ok(headers)
}

/// Returns a header with a constant value.
fn checked(check: &'static Check) -> Result<Option<(&'static str, &'static str)>, String> {
    let is_fixed = check.digest.is_none() && !check.equals.as_str().contains('{');
    match first_header(&check.at) {
        Some(name) if is_fixed => {
            Ok(Some((name, &*format!("{}{}", check.prefix, check.equals.as_str()).leak())))
        }
        _ if check.presence == Presence::Optional => Ok(None),
        _ => Err(format!("no sender of the tests makes what {} has to be", check.at)),
    }
}
