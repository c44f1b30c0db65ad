//! The provider's handshakes.

use bytes::Bytes;
use countersign::handshake::{Condition, Handshake, Trust};
use countersign::scheme::Location;
use serde_json::Value;

use crate::check::answer::Answer;
use crate::check::args::HandshakeArgs;
use crate::check::finding::{Finding, Findings, Skipped, Step};
use crate::check::forge::{Forge, Key};
use crate::check::handshake_places::{FORM, JSON, has, places_of, put, with_value};
use crate::check::harness::Harness;
use crate::check::message::Message;
use crate::check::reference;
use crate::check::sample::Content;
use crate::check::scenario::{Need, Run, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[Scenario {
    name: "handshakes",
    title: "the provider's handshakes are answered as it expects",
    why: "Without the right answer the provider sends no events.",
    cure: "Answer before any other code sees the request; `countersign provider` shows request and answer.",
    needs: &[Need::Handshakes],
    after: &["genuine"],
    run: Run::Course(|harness| Box::pin(handshakes(harness))),
}];

async fn handshakes(harness: &Harness) -> Finding {
    let mut findings = Findings::default();
    let mut missing = Vec::new();
    for handshake in &*harness.forge.provider.handshakes {
        match request(harness, handshake).await {
            Ok((message, expected)) => ask(harness, handshake, &message, &expected, &mut findings).await?,
            Err(reason) => missing.push(format!("{}: {reason}", handshake.name)),
        }
    }
    if findings.steps.is_empty() {
        return Err(Skipped::not_asked(missing.join("; ")));
    }
    findings.open = missing;
    Ok(findings)
}

async fn ask(
    harness: &Harness,
    handshake: &Handshake,
    message: &Message,
    expected: &(u16, Bytes),
    findings: &mut Findings,
) -> Result<(), Skipped> {
    let name = &handshake.name;
    let (_, body) = expected;
    let answer = harness.deliver(message).await.pop().unwrap_or(Answer::Closed(String::new()));
    let is_right = answer.is_accepted() && has_body(&answer, body);
    let wanted = match body.is_empty() {
        true => "2xx".to_owned(),
        false => format!("2xx {}", String::from_utf8_lossy(body)),
    };
    findings.steps.push(Step::new(format!("the handshake `{name}`"), wanted, answer.to_string(), is_right));
    let forged = match &handshake.trust {
        Trust::VerifyToken(place) => with_value(message, place, "not-the-token"),
        Trust::Signed => signed(&harness.forge, message, Key::Foreign).ok(),
        _ => None,
    };
    if let Some(forged) = forged {
        let answer = harness.send(&forged).await;
        let reveals = answer.is_accepted() && !body.is_empty() && has_body(&answer, body);
        let refused = !answer.is_accepted() || matches!(handshake.trust, Trust::VerifyToken(_)) && !reveals;
        let sent = format!("the handshake `{name}`, with a wrong proof");
        findings.steps.push(Step::new(sent, "refused (not 2xx)", answer.to_string(), refused));
    }
    Ok(())
}

/// Returns the request of a handshake and its answer, as this crate gives it, or the reason why it is not asked.
async fn request(harness: &Harness, handshake: &Handshake) -> Result<(Message, (u16, Bytes)), String> {
    let (forge, args) = (&harness.forge, &harness.handshakes);
    if handshake.answer.is_none() && handshake.trust == Trust::Signed {
        return delivered(forge, handshake);
    }
    let proof = proof(handshake, args)?;
    if forge.reference.is_none() {
        return Err("give --public-key-file".to_owned());
    }
    for sample in SAMPLES {
        let message = build(forge, handshake, proof.as_deref(), sample)?;
        if let Some(answer) = reference::answer(forge, args, &message).await? {
            return Ok((message, answer));
        }
    }
    Err("the command cannot make it".to_owned())
}

/// Makes a handshake that is a delivery like others, which the handler accepts.
fn delivered(forge: &Forge, handshake: &Handshake) -> Result<(Message, (u16, Bytes)), String> {
    let mut message = forge.genuine()?;
    message.headers.clear();
    for condition in &*handshake.when {
        if let Condition::Equals(place, value) = condition {
            put(&mut message, place, value);
        }
    }
    let message = signed(forge, &message, Key::Current)?;
    match forge.accepts(&message) {
        Some(false) => Err("the command cannot make it".to_owned()),
        _ => Ok((message, (200, Bytes::new()))),
    }
}

/// Returns the token or origin in the request, if the handshake has one.
fn proof(handshake: &Handshake, args: &HandshakeArgs) -> Result<Option<String>, String> {
    let missing = |option: &str| format!("give {option}");
    if handshake.answer.is_none() {
        return Err("the handler answers it".to_owned());
    }
    match &handshake.trust {
        Trust::Signed | Trust::Secret => Ok(None),
        Trust::VerifyToken(_) => args.verify_token.clone().map(Some).ok_or_else(|| missing("--verify-token")),
        Trust::Origin(_) => {
            args.handshake_origin.clone().map(Some).ok_or_else(|| missing("--handshake-origin"))
        }
        Trust::Echo if args.echo => Ok(None),
        Trust::Echo => Err("give --echo, if the receiver answers it".to_owned()),
        _ => Err("it would replace the secret".to_owned()),
    }
}

/// Makes the request: a value at every place that conditions, proof and answer name.
fn build(forge: &Forge, handshake: &Handshake, proof: Option<&str>, sample: &str) -> Result<Message, String> {
    let mut message = Message {
        method: handshake.method.as_str().to_owned(),
        target: forge.target.clone(),
        headers: Vec::new(),
        body: Vec::new(),
        id: String::new(),
        signatures: Vec::new(),
    };
    if let (Some(place), Some(proof)) = (handshake.trust.place(), proof) {
        put(&mut message, place, proof);
    }
    for condition in &*handshake.when {
        match condition {
            Condition::Equals(place, value) => put(&mut message, place, value),
            Condition::Present(place) if !has(&message, place) => put(&mut message, place, sample),
            _ => {}
        }
    }
    for place in handshake.answer.iter().flat_map(|answer| {
        places_of(&answer.body).chain(answer.headers.iter().flat_map(|header| places_of(&header.value)))
    }) {
        if !has(&message, &place) {
            put(&mut message, &place, sample);
        }
    }
    for (name, value) in &forge.headers {
        message = message.with_header(name.as_str(), Some(value.as_bytes()));
    }
    match handshake.trust {
        Trust::Signed => signed(forge, &message, Key::Current),
        _ => Ok(message),
    }
}

/// Signs the request like a delivery.
fn signed(forge: &Forge, message: &Message, key: Key) -> Result<Message, String> {
    let draft = forge.draft().with_content(Content::Bytes(message.body.clone())).signed_by(key);
    let mut signed = draft.sign()?;
    let is_form = message.header("content-type").is_some_and(|value| value.starts_with(FORM.as_bytes()));
    signed = signed.with_content_type(Some(if is_form { FORM } else { JSON }));
    for (name, value) in message.headers.iter().filter(|(name, _)| !is_of_signer(forge, name)) {
        signed = signed.with_header(name, Some(value));
    }
    Ok(signed)
}

/// Returns whether the signer writes this header.
fn is_of_signer(forge: &Forge, name: &str) -> bool {
    let (scheme, event) = (&forge.provider.scheme, &forge.provider.event);
    let places =
        [Some(&scheme.signature.at), scheme.timestamp.as_ref().map(|field| &field.at), event.id.as_ref()];
    let mut places = places.into_iter().flatten().flat_map(Location::alternatives);
    let is_at = |at: &Location| matches!(at, Location::Header(names) if names.split(',').any(|own| own.trim() == name));
    name == "content-type" || places.any(is_at)
}

fn has_body(answer: &Answer, expected: &[u8]) -> bool {
    let Answer::Response(response) = answer else { return false };
    let (given, expected) = (response.body.trim_ascii(), expected.trim_ascii());
    let json = |text: &[u8]| serde_json::from_slice::<Value>(text).ok();
    expected.is_empty() || given == expected || json(given).is_some_and(|given| Some(given) == json(expected))
}

/// Values of the forms that providers declare for their challenges.
const SAMPLES: [&str; 5] = [
    "countersign-check",
    "3f9a1c7e5b2d4860a1b2c3d4e5f60718",
    "a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d",
    "Y291bnRlcnNpZ24tY2hlY2s",
    "17000000001700000000",
];
