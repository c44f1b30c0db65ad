//! A round trip: a genuine request is accepted, and forged ones are refused.

use countersign::{ErrorKind, scheme::Location};

use super::parts::Part;
use crate::check::finding::Step;
use crate::check::forge::{Forge, Key};
use crate::check::message::Message;
use crate::check::tamper;

/// Tries the genuine request, what no receiver may accept, and each changed part.
pub(super) fn trials(forge: &Forge, genuine: &Message, parts: &mut [Part]) -> Vec<Step> {
    let mut steps = vec![step(forge, "a genuine request", genuine, true)];
    let refused = |sent, message: Option<Message>| message.map(|message| step(forge, sent, &message, false));
    let signature = &forge.provider.scheme.signature.at;
    steps.extend(refused("a copy without its signature", without(genuine, forge, signature)));
    let other_key = forge.draft().signed_by(Key::Foreign).sign().ok();
    steps.extend(refused("a request that is signed with another secret", other_key));
    steps.extend(refused("a copy whose signature is changed", tamper::with_other_signature(genuine, forge)));
    if let Some(past) = forge.max_age().filter(|_| forge.coverage.timestamp) {
        let old = tamper::aged(forge, past).sign().ok();
        steps.extend(refused("a request that is older than the tolerance", old));
    }
    for part in parts {
        for copy in &part.copies {
            let sent = format!("a copy whose {} is changed", part.part);
            let step = step(forge, &sent, copy, false);
            // One accepted copy is enough for an attacker.
            if part.changed.is_none() || !step.ok {
                part.changed = Some(step.answered.clone());
            }
            if part.is_signed {
                steps.push(step);
            }
        }
        let is_noticed = part.changed.as_deref().is_some_and(|changed| changed.ends_with(MISMATCH));
        if !part.is_signed && is_noticed {
            part.how = IN_PART.to_owned();
        }
    }
    steps
}

/// Removes the value at each of the places.
fn without(genuine: &Message, forge: &Forge, at: &Location) -> Option<Message> {
    let remove = |message: Message, at| message.with(&forge.provider, at, None).unwrap_or(message);
    genuine.with(&forge.provider, at, None)?;
    Some(at.alternatives().iter().fold(genuine.clone(), remove))
}

fn step(forge: &Forge, sent: &str, message: &Message, is_genuine: bool) -> Step {
    let verified = forge.verify(message);
    let answered = match &verified {
        Some(Ok(())) => ACCEPTED.to_owned(),
        Some(Err(kind)) => format!("{REFUSED}: {}", ErrorKind::as_str(*kind)),
        None => "not verified".to_owned(),
    };
    let expected = if is_genuine { ACCEPTED } else { REFUSED };
    let is_accepted = verified.map(|verified| verified.is_ok());
    Step::new(sent, expected, answered, is_accepted == Some(is_genuine))
}

/// The word for a part that the signature depends on although the declaration does not cover it.
const IN_PART: &str = "in part: this change is noticed, another one may not be";
const MISMATCH: &str = "signature_mismatch";
const ACCEPTED: &str = "accepted";
const REFUSED: &str = "refused";
