use countersign::Delivery;
use countersign_inbox::{Context, Handler, Outcome};

/// A handler that calls a billing system: most calls succeed, some only when they are repeated, and some never do. The
/// event decides which, so that each run has the same ones.
pub(super) struct Billing;

impl Handler<Delivery> for Billing {
    async fn handle(&self, delivery: Delivery, context: Context) -> Outcome {
        let kind = delivery.event_type().map(|of| of.as_str().to_owned()).unwrap_or_default();
        let (code, outcome) = answer(&kind, &context.idempotency_key(), context.attempt());
        context.set_response_code(code);
        outcome
    }
}

/// Returns the response of the billing system, by the first byte of the key.
fn answer(kind: &str, key: &str, attempt: u32) -> (u16, Outcome) {
    let draw = key.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(u8::MAX);
    let number = key.get(2..8).unwrap_or_default();
    match draw {
        0..10 => (404, Outcome::permanent(format!("{kind}: billing has no account {number}"))),
        10..16 => (422, Outcome::permanent(format!("{kind}: billing refuses the amount"))),
        16..40 if attempt == 1 => {
            (503, Outcome::retry(format!("billing answered 503 after {}.2 s, request {number}", draw)))
        }
        40..48 if attempt < 3 => (429, Outcome::retry("billing allows 100 calls a minute")),
        48..54 => (504, Outcome::retry(format!("billing timed out after 30 s, request {number}"))),
        _ => (200, Outcome::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_calls_succeed_late_and_some_never() {
        let ends = |first: u8| {
            let key = format!("{first:02x}0000");
            (1..=3).find(|attempt| answer("ping", &key, *attempt).1 == Outcome::Done)
        };
        let of = |end| (0..=u8::MAX).filter(|first| ends(*first) == end).count();
        assert_eq!([Some(1), Some(2), Some(3), None].map(of), [202, 24, 8, 22]);
    }
}
