//! The text of refusals.

use std::collections::BTreeMap;

use crate::check::answer::{Answer, Response};
use crate::check::finding::{Finding, Findings, Skipped, Step};
use crate::check::forge::Key;
use crate::check::harness::Harness;
use crate::check::message::Message;
use crate::check::scenario::{Run, Scenario};
use crate::check::tamper;

pub(super) const SCENARIOS: &[Scenario] = &[Scenario {
    name: "revealing-answers",
    title: "refusals do not tell which part of the signature or the body was wrong",
    why: "An answer that differs, or holds the expected signature, lets a sender find a valid one.",
    cure: "Give one answer to every wrong signature, without the computed one; the reason belongs into the log.",
    needs: &[],
    after: &["wrong-secret", "tampered-body"],
    run: Run::Course(|harness| Box::pin(revealing(harness))),
}];

async fn revealing(harness: &Harness) -> Finding {
    let mut findings = Findings::default();
    let mut kinds = BTreeMap::<String, Vec<String>>::new();
    let forgeries = forgeries(harness)?;
    // A change that makes the field malformed may be answered like other malformed fields.
    let mismatch = forgeries.first().and_then(|(_, foreign, _)| harness.forge.verify(foreign));
    for (sent, message, genuine) in forgeries {
        if harness.forge.verify(&message) != mismatch {
            continue;
        }
        let Answer::Response(response) = harness.send(&message).await else { continue };
        if let Some(leak) = leak(&response, &genuine, &harness.secrets) {
            findings.steps.push(Step::new(&sent, "an answer without secrets", leak, false));
        }
        kinds.entry(kind(&response, &message)).or_default().push(sent);
    }
    if kinds.is_empty() {
        return Err(Skipped::not_asked("the receiver closes the connection instead of answering"));
    }
    let answered = match kinds.len() {
        1 => "one answer".to_owned(),
        _ => {
            let of = |(kind, sent): (&String, &Vec<String>)| format!("`{kind}` to {}", sent.join(", "));
            kinds.iter().map(of).collect::<Vec<_>>().join("; ")
        }
    };
    let sent = "deliveries with wrong signatures of several kinds";
    findings.steps.push(Step::new(sent, "one answer to all", answered, kinds.len() == 1));
    Ok(findings)
}

/// Returns forgeries, each with the signatures that would be right.
fn forgeries(harness: &Harness) -> Result<Vec<(String, Message, Vec<String>)>, Skipped> {
    let forge = &harness.forge;
    let mut all = Vec::new();
    let draft = forge.draft();
    let genuine = draft.sign()?;
    let foreign = draft.clone().signed_by(Key::Foreign).sign()?;
    all.push(("another secret".to_owned(), foreign, genuine.signatures.clone()));
    let field = &forge.provider.scheme.signature.at;
    // The last part of a JWT is its signature.
    let signature = genuine.signatures.last().and_then(|signature| signature.rsplit('.').next());
    if let (Some(signature), Some(value)) = (signature, genuine.get(&forge.provider, field)) {
        let places = [
            ("first", 0),
            ("middle", signature.len() / 2),
            ("last but ten", signature.len().saturating_sub(10)),
        ];
        for (name, place) in places {
            let value = value.replace(signature, &tamper::changed_at(signature, place));
            if let Some(message) = genuine.with(&forge.provider, field, Some(&value)) {
                all.push((format!("the {name} character changed"), message, genuine.signatures.clone()));
            }
        }
    }
    let body = tamper::with_addition(&genuine.body);
    let right = forge.draft().with_content(crate::check::sample::Content::Bytes(body.clone())).sign();
    let right = right.map(|message| message.signatures).unwrap_or_default();
    all.push(("a body that was changed".to_owned(), genuine.with_body(body), right));
    Ok(all)
}

/// Returns the secret that a response holds.
fn leak(response: &Response, genuine: &[String], secrets: &[String]) -> Option<&'static str> {
    let headers = response.headers.iter().map(|(_, value)| value.as_slice());
    let text = [headers.collect::<Vec<_>>().join(b"\n".as_slice()), response.body.clone()].concat();
    let text = String::from_utf8_lossy(&text).to_lowercase();
    let holds = |needles: &[String]| needles.iter().any(|needle| text.contains(&needle.to_lowercase()));
    if holds(secrets) {
        return Some("the secret");
    }
    holds(genuine).then_some("the expected signature")
}

/// Returns the status and the text without values that differ from request to request.
fn kind(response: &Response, message: &Message) -> String {
    let text = String::from_utf8_lossy(&response.body).replace(&message.id, "");
    let words = text.split(|character: char| {
        !character.is_ascii_alphanumeric() && !matches!(character, '-' | '_' | ':' | '.')
    });
    let words =
        words.filter(|word| !word.is_empty() && !word.contains(|character: char| character.is_ascii_digit()));
    let mut kind = words.fold(response.status.to_string(), |kind, word| kind + " " + word);
    kind.truncate(kind.char_indices().nth(LONGEST_KIND).map_or(kind.len(), |(at, _)| at));
    kind
}

const LONGEST_KIND: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    fn response(body: &str) -> Response {
        Response { status: 401, body: body.into(), ..Response::default() }
    }

    fn message() -> Message {
        Message {
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            id: "evt_1".to_owned(),
            signatures: Vec::new(),
        }
    }

    #[test]
    fn numbers_and_ids_make_no_other_answer() {
        let one = kind(&response(r#"{"error":"bad signature","request":"8f3a-77","at":17}"#), &message());
        let other = kind(&response(r#"{"error":"bad signature","request":"91bc-02","at":18}"#), &message());
        assert_eq!(one, other);
        assert_ne!(one, kind(&response(r#"{"error":"bad body","request":"91bc-02","at":18}"#), &message()));
    }

    #[test]
    fn a_signature_or_a_secret_is_found_in_either_case() {
        let (signatures, secrets) = (vec!["00AAbbccddeeff".to_owned()], vec!["whsec_x".to_owned()]);
        let leak = |body| leak(&response(body), &signatures, &secrets);
        assert_eq!(leak("expected 00aabbccddeeff"), Some("the expected signature"));
        assert_eq!(leak("key WHSEC_X"), Some("the secret"));
        assert_eq!(leak("no"), None);
    }
}
