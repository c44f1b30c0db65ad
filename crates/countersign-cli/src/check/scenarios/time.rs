//! Deliveries from another time, which a receiver must refuse.

use std::borrow::Cow;

use countersign::scheme::{Location, TimestampField};
use countersign::{Clock, Provider, Signer, SystemClock, UnixTime};

use crate::check::attempt::Attempt;
use crate::check::finding::{Prepared, Skipped};
use crate::check::forge::Forge;
use crate::check::message::Message;
use crate::check::sample::{http_date, stamp};
use crate::check::scenario::{Need, Run, Scenario};
use crate::check::tamper;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "stale",
        title: "a delivery that is older than the tolerance is refused",
        why: "An attacker who has captured a delivery can send it again for ever.",
        cure: "Compare the signed timestamp with the clock, after the signature was verified.",
        needs: &[Need::Age],
        after: &["wrong-secret"],
        run: Run::Requests(stale),
    },
    Scenario {
        name: "future",
        title: "a delivery from the future is refused",
        why: "It stays valid until then: replay protection forgets its id earlier.",
        cure: "Bound the difference to the clock in both directions.",
        needs: &[Need::Future],
        after: &["stale"],
        run: Run::Requests(future),
    },
    Scenario {
        name: "unsigned-timestamp",
        title: "the timestamp that is compared with the clock is the signed one",
        why: "A captured delivery with a new timestamp is as good as a new one.",
        cure: "Put the timestamp into the signed content as the provider does, accept no signature without it, and compare no other \
               time with the clock.",
        needs: &[Need::Age],
        after: &["stale"],
        run: Run::Requests(unsigned),
    },
];

fn stale(forge: &Forge) -> Prepared {
    let (past, _) = bounds(forge);
    let message = tamper::aged(forge, past).sign()?;
    Ok(vec![Attempt::refused(format!("a delivery, signed {} s ago", past * 2 + 60), message)])
}

fn future(forge: &Forge) -> Prepared {
    let (_, future) = bounds(forge);
    let secs = future * 2 + 60;
    let message = forge.draft().moved(i64::try_from(secs).unwrap_or(i64::MAX / 4)).sign()?;
    Ok(vec![Attempt::refused(format!("a delivery, signed for a time in {secs} s"), message)])
}

fn unsigned(forge: &Forge) -> Prepared {
    let (past, _) = bounds(forge);
    let field = forge.provider.scheme.timestamp.as_ref().ok_or_else(no_timestamp)?;
    let now = stamp(field, SystemClock.now());
    let old = || tamper::aged(forge, past).sign();
    let mut attempts = Vec::new();
    if let Some(message) = old()?.with(&forge.provider, &field.at, Some(&now)) {
        attempts.push(Attempt::refused("an old delivery, its timestamp replaced", message));
    }
    let age = i64::try_from(past).unwrap_or(i64::MAX / 4).saturating_mul(2);
    let then = UnixTime::from_secs(SystemClock.now().as_secs().saturating_sub(age).saturating_sub(60));
    for (sent, date) in [("now", SystemClock.now()), ("then", then)] {
        let message = old()?.with_header("date", Some(http_date(date).as_bytes()));
        attempts.push(Attempt::refused(format!("an old delivery with a `date` of {sent}"), message));
    }
    for name in other_headers(field) {
        let message = old()?;
        if message.header(name).is_none() {
            let sent = format!("an old delivery with another timestamp in `{name}`");
            attempts.push(Attempt::refused(sent, message.with_header(name, Some(now.as_bytes()))));
        }
    }
    attempts.extend(with_second_item(forge, field, &now, &old()?));
    attempts.extend(without_timestamp(forge, field)?);
    Ok(attempts)
}

/// A signature field in which the timestamp occurs twice.
fn with_second_item(forge: &Forge, field: &TimestampField, now: &str, old: &Message) -> Vec<Attempt> {
    let (Location::SignatureItem(tag), Some(name)) = (&field.at, forge.signature_headers(old).pop()) else {
        return Vec::new();
    };
    let own = old.header(&name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default();
    let fields = [format!("{tag}={now},{own}"), format!("{own},{tag}={now}")];
    let message = |value: String| old.clone().with_header(&name, Some(value.as_bytes()));
    fields.map(|value| Attempt::refused("an old delivery with a second timestamp", message(value))).into()
}

/// A delivery of now whose signature does not cover the timestamp.
fn without_timestamp(forge: &Forge, field: &TimestampField) -> Result<Vec<Attempt>, Skipped> {
    let content = forge.provider.scheme.content.as_str();
    if field.at.is_in_body() || !content.contains(TIMESTAMP) {
        return Ok(Vec::new());
    }
    let mut contents = vec![shortened(content), "{body}".to_owned()];
    contents.dedup();
    let mut attempts = Vec::new();
    for content in contents {
        let Some(signer) = signer_of(forge, &content) else { continue };
        let message = forge.draft().sign_with(&signer)?;
        attempts.push(Attempt::refused(format!("a delivery, signed as `{content}`"), message));
    }
    Ok(attempts)
}

fn signer_of(forge: &Forge, content: &str) -> Option<Signer> {
    let mut provider: Provider = forge.provider.clone();
    provider.scheme.content = serde_json::from_value(content.into()).ok()?;
    Signer::new(Cow::Owned(provider), forge.secrets.clone()).ok()
}

/// Returns the signed content without the timestamp and the separator behind it.
fn shortened(content: &str) -> String {
    match content.split_once(TIMESTAMP) {
        Some((before, after)) => {
            let separator = after.find('{').unwrap_or(after.len());
            format!("{before}{}", after.get(separator..).unwrap_or_default())
        }
        None => content.to_owned(),
    }
}

/// Returns further names under which a receiver may look for a timestamp.
fn other_headers(field: &TimestampField) -> Vec<&str> {
    let own = match &field.at {
        Location::Header(names) => names.split(',').map(str::trim).collect(),
        _ => Vec::new(),
    };
    own.into_iter().chain(["timestamp", "x-timestamp", "x-webhook-timestamp", "webhook-timestamp"]).collect()
}

fn bounds(forge: &Forge) -> (u64, u64) {
    let future = forge.provider.scheme.timestamp.as_ref().and_then(|field| field.tolerance.future());
    (forge.max_age().unwrap_or_default(), future.unwrap_or_default())
}

fn no_timestamp() -> Skipped {
    Skipped::does_not_apply("the provider sends no timestamp")
}

const TIMESTAMP: &str = "{timestamp}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_without_its_timestamp_keeps_the_rest() {
        for (content, rest) in [
            ("{timestamp}.{body}", "{body}"),
            ("{id}.{timestamp}.{body}", "{id}.{body}"),
            ("v0:{timestamp}:{body}", "v0:{body}"),
            ("{body}{timestamp}", "{body}"),
            ("{body}", "{body}"),
        ] {
            assert_eq!(shortened(content), rest);
        }
    }
}
