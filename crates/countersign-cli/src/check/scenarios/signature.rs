//! Deliveries whose signature is wrong, which a receiver must refuse.

use countersign::scheme::Location;

use crate::check::attempt::Attempt;
use crate::check::finding::{Finding, Prepared, Skipped};
use crate::check::forge::{Forge, Key};
use crate::check::harness::Harness;
use crate::check::layout::Layout;
use crate::check::message::Message;
use crate::check::sample::Content;
use crate::check::scenario::{Need, Run, Scenario};
use crate::check::tamper;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "missing-signature",
        title: "a delivery without a signature is refused",
        why: "An attacker who knows the URL can send events.",
        cure: "Verify every request before anything else happens, and refuse one without a signature.",
        needs: &[],
        after: &["genuine"],
        run: Run::Requests(missing),
    },
    Scenario {
        name: "empty-signature",
        title: "a delivery with an empty signature is refused",
        why: "Code that compares texts, or skips what is empty, accepts it.",
        cure: "Decode the signature, and compare all of its bytes in constant time.",
        needs: &[],
        after: &["missing-signature"],
        run: Run::Requests(empty),
    },
    Scenario {
        name: "wrong-secret",
        title: "a delivery under another secret is refused",
        why: "The presence of a signature is no proof: an attacker can make one with another secret.",
        cure: "Compute the signature with the secret of the endpoint, and compare.",
        needs: &[],
        after: &["missing-signature"],
        run: Run::Requests(wrong_secret),
    },
    Scenario {
        name: "retired-secret",
        title: "a delivery under a secret that was replaced is refused",
        why: "A secret is replaced because others may know it.",
        cure: "Remove the old secret once the provider signs with the new one.",
        needs: &[Need::Retired],
        after: &["wrong-secret"],
        run: Run::Requests(retired),
    },
    Scenario {
        name: "tampered-body",
        title: "a delivery whose body was changed is refused",
        why: "A captured signature would make any event genuine.",
        cure: "Compute the signature over all bytes of the body, as they arrived.",
        needs: &[Need::SignedBody],
        after: &["wrong-secret"],
        run: Run::Requests(tampered_body),
    },
    Scenario {
        name: "tampered-header",
        title: "a delivery whose signed headers or signature were changed is refused",
        why: "With another id or timestamp, an old delivery becomes a new one.",
        cure: "Compute the signature over the headers as they arrived, in the provider's order.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Requests(tampered_header),
    },
    Scenario {
        name: "duplicated-headers",
        title: "headers that occur twice open no way around the signature",
        why: "If one part of a program reads the first value and another the last, what is verified is not what is used.",
        cure: "Refuse a request whose signature, timestamp or id occurs twice with different values.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Requests(duplicated),
    },
    Scenario {
        name: "reserialised-json",
        title: "the bytes of the body are verified, not JSON that was parsed and written again",
        why: "Parsed JSON is another text: genuine deliveries are refused at the next odd number or escape, and changed bytes are \
              accepted.",
        cure: "Read the raw body before any JSON middleware does (`express.raw()`, `request.get_data()`, `php://input`).",
        needs: &[Need::Json, Need::SignedBody],
        after: &["tampered-body"],
        run: Run::Course(|harness| Box::pin(reserialised(harness))),
    },
];

fn missing(forge: &Forge) -> Prepared {
    let (genuine, provider) = (forge.genuine()?, &forge.provider);
    let signature = &provider.scheme.signature.at;
    let mut attempts = Vec::new();
    let without = genuine.with(provider, signature, None).ok_or_else(|| unplaced(signature))?;
    let without = signature
        .alternatives()
        .iter()
        .fold(without, |message, at| message.with(provider, at, None).unwrap_or(message));
    attempts.push(Attempt::refused("a genuine delivery, its signature removed", without));
    let timestamp = provider.scheme.timestamp.as_ref().map(|field| &field.at).filter(|at| !at.is_in_body());
    if let Some(without) = timestamp.and_then(|at| genuine.with(provider, at, None)) {
        attempts.push(Attempt::refused("a genuine delivery, its timestamp removed", without));
    }
    let mut bare = forge.genuine()?;
    bare.headers.retain(|(name, _)| name == "content-type");
    attempts.push(Attempt::refused("a genuine delivery, all headers of the provider removed", bare));
    Ok(attempts)
}

fn empty(forge: &Forge) -> Prepared {
    let provider = &forge.provider;
    let signature = &provider.scheme.signature.at;
    let genuine = forge.genuine()?;
    let field = genuine.get(provider, signature).ok_or_else(|| unplaced(signature))?;
    let shortened = tamper::without_digest(&field, &genuine.signatures);
    let mut attempts = Vec::new();
    for (sent, value) in [("an empty signature", ""), ("a signature without its value", &*shortened)] {
        let Some(message) = forge.genuine()?.with(provider, signature, Some(value)) else { continue };
        attempts.push(Attempt::refused(format!("a genuine delivery with {sent}"), message));
    }
    Ok(attempts)
}

fn wrong_secret(forge: &Forge) -> Prepared {
    let message = forge.draft().signed_by(Key::Foreign).sign()?;
    Ok(vec![Attempt::refused("a delivery, signed with another secret", message)])
}

fn retired(forge: &Forge) -> Prepared {
    let message = forge.draft().signed_by(Key::Retired).sign()?;
    Ok(vec![Attempt::refused("a delivery, signed with the retired secret", message)])
}

fn tampered_body(forge: &Forge) -> Prepared {
    let (one, other) = (forge.genuine()?, forge.genuine()?);
    let added = one.clone().with_body(tamper::with_addition(&one.body));
    let changed = other.clone().with_body(tamper::with_other_byte(&other.body));
    Ok(vec![
        Attempt::refused("a genuine delivery, a member added to its body", added),
        Attempt::refused("a genuine delivery, one byte of its body changed", changed),
    ])
}

fn tampered_header(forge: &Forge) -> Prepared {
    let provider = &forge.provider;
    let mut attempts = Vec::new();
    let signature = forge.genuine()?;
    if let Some(changed) = tamper::with_other_signature(&signature, forge) {
        attempts
            .push(Attempt::refused("a genuine delivery, one character of its signature changed", changed));
    }
    let timestamp = provider.scheme.timestamp.as_ref().map(|field| &field.at);
    let fields = [
        ("timestamp", timestamp, forge.coverage.timestamp),
        ("id", provider.event.id.as_ref(), forge.coverage.id),
        ("type", provider.event.event_type.as_ref(), forge.coverage.event_type),
    ];
    for (name, at, is_signed) in fields {
        let Some(at) = at.filter(|at| is_signed && !at.is_in_body()) else { continue };
        let genuine = forge.genuine()?;
        let Some(value) = genuine.get(provider, at) else { continue };
        if let Some(changed) = genuine.with(provider, at, Some(&tamper::other(&value))) {
            attempts.push(Attempt::refused(format!("a genuine delivery, its {name} changed"), changed));
        }
    }
    Ok(attempts)
}

fn duplicated(forge: &Forge) -> Prepared {
    let mut attempts = Vec::new();
    let forged = forge.draft().signed_by(Key::Foreign).sign()?;
    for name in forge.signature_headers(&forged) {
        let other = tamper::with_other_signature(&forged, forge).unwrap_or_else(|| forged.clone());
        let values =
            [forged.header(&name), other.header(&name)].map(|value| value.unwrap_or_default().to_vec());
        let both = forged.clone().with_both(&name, [&values[0], &values[1]]);
        attempts.push(Attempt::refused(format!("a delivery with two wrong values of `{name}`"), both));
    }
    attempts.extend(with_two_timestamps(forge)?);
    if attempts.is_empty() {
        return Err(Skipped::does_not_apply("the provider sends no value in a header"));
    }
    Ok(attempts)
}

/// An old delivery with a second timestamp: what is verified must be what is compared with the clock.
fn with_two_timestamps(forge: &Forge) -> Result<Vec<Attempt>, Skipped> {
    let provider = &forge.provider;
    let Some(field) = provider.scheme.timestamp.as_ref().filter(|_| forge.coverage.timestamp) else {
        return Ok(Vec::new());
    };
    let (Location::Header(names), Some(past)) = (&field.at, field.tolerance.past()) else {
        return Ok(Vec::new());
    };
    let (old, now) = (tamper::aged(forge, past).sign()?, forge.genuine()?);
    let mut attempts = Vec::new();
    for name in names.split(',').map(str::trim) {
        let (Some(old_value), Some(now_value)) = (old.header(name), now.header(name)) else { continue };
        for (order, values) in
            [("then now", [old_value, now_value]), ("now, then that", [now_value, old_value])]
        {
            let sent = format!("an old delivery with two values of `{name}`: its own, {order}");
            attempts.push(Attempt::refused(sent, old.clone().with_both(name, values)));
        }
    }
    Ok(attempts)
}

async fn reserialised(harness: &Harness) -> Finding {
    let forge = &harness.forge;
    let odd = forge.draft().in_layout(Layout::Odd).sign()?;
    let mut attempts = vec![Attempt::accepted("a genuine delivery in JSON with odd white space", odd)];
    for layout in Layout::USUAL {
        let draft = forge.draft().in_layout(layout);
        let (signed, other) = (draft.sign()?, draft.clone().in_layout(Layout::Odd).body()?);
        if forge.provider.scheme.signature.at.is_in_body() {
            continue;
        }
        let sent = "the same JSON as was signed, with other white space";
        attempts.push(Attempt::refused(sent, signed.with_body(other)));
    }
    let longer = forge.genuine()?;
    let with_newline = [&longer.body, b"\n".as_slice()].concat();
    attempts.push(Attempt::refused(
        "a genuine delivery, a line feed added to its body",
        longer.with_body(with_newline),
    ));
    let usual =
        [Layout::Compact, Layout::Spaced].into_iter().filter(|layout| forge.layout.get() != Some(layout));
    for layout in usual {
        let content = Content::Marked(forge.token());
        let message: Message = forge.draft().in_layout(layout).with_content(content).sign()?;
        attempts
            .push(Attempt::accepted("a genuine delivery in JSON as another serializer writes it", message));
    }
    harness.attempt(Ok(attempts)).await
}

fn unplaced(at: &Location) -> Skipped {
    Skipped::does_not_apply(format!("the signature is at {at}, from where nothing can be removed"))
}
