//! Changes of genuine deliveries.

use super::forge::{Draft, Forge};
use super::message::Message;

/// Returns a body with another member, or with another byte at its end.
pub(super) fn with_addition(body: &[u8]) -> Vec<u8> {
    match body.strip_prefix(b"{") {
        Some(rest) if rest.trim_ascii() != b"}" => [br#"{"tampered":true,"#, rest].concat(),
        _ => [body, b"&tampered=true"].concat(),
    }
}

/// Returns a body in which one letter or digit, the last one, is another.
pub(super) fn with_other_byte(body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    match body.iter_mut().rev().find(|byte| byte.is_ascii_alphanumeric()) {
        Some(byte) => *byte = next(*byte),
        None => body.push(b'1'),
    }
    body
}

/// Returns the message with another character in its signature.
pub(super) fn with_other_signature(message: &Message, forge: &Forge) -> Option<Message> {
    let at = &forge.provider.scheme.signature.at;
    let field = message.get(&forge.provider, at)?;
    let signature = message.signatures.last()?;
    message.with(
        &forge.provider,
        at,
        Some(&field.replace(signature, &changed_at(signature, signature.len() / 2))),
    )
}

/// Returns a text with another letter or digit at this position.
pub(super) fn changed_at(text: &str, position: usize) -> String {
    let change = |(at, character): (usize, char)| match u8::try_from(character) {
        Ok(byte) if at == position && byte.is_ascii_alphanumeric() => char::from(next(byte)),
        _ if at == position => 'a',
        _ => character,
    };
    text.char_indices().map(change).collect()
}

/// Returns a signature field without the values of its signatures.
pub(super) fn without_digest(field: &str, signatures: &[String]) -> String {
    signatures.iter().fold(field.to_owned(), |field, signature| field.replace(signature, ""))
}

/// Returns another value of the same form.
pub(super) fn other(value: &str) -> String {
    let last = value.char_indices().rev().find(|(_, character)| character.is_ascii_alphanumeric());
    last.map_or_else(|| format!("{value}1"), |(at, _)| changed_at(value, at))
}

/// Starts a genuine delivery that is older than any receiver accepts which has about the declared tolerance.
pub(super) fn aged(forge: &Forge, past: u64) -> Draft<'_> {
    forge.draft().moved(i64::try_from(past).unwrap_or(i64::MAX / 4).saturating_mul(-2).saturating_sub(60))
}

/// Returns another letter or digit of the same kind; hexadecimal stays hexadecimal.
const fn next(byte: u8) -> u8 {
    match byte {
        b'9' => b'0',
        b'f' => b'a',
        b'F' => b'A',
        b'z' => b'y',
        b'Z' => b'Y',
        other => other + 1,
    }
}

/// Returns a secret of the same form with other letters and digits.
pub(super) fn other_secret(secret: &str) -> String {
    // A prefix, such as `whsec_`, and the end of Base64 stay.
    let start = secret.find('_').map_or(0, |at| at + 1);
    let end = secret.len().saturating_sub(4).max(start + 1);
    let change = |(at, character): (usize, char)| match u8::try_from(character) {
        Ok(byte) if (start..end).contains(&at) && byte.is_ascii_alphanumeric() => char::from(next(byte)),
        _ => character,
    };
    secret.char_indices().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_keep_the_form() {
        assert_eq!(with_addition(br#"{"a":1}"#), br#"{"tampered":true,"a":1}"#);
        assert_eq!(with_addition(b"a=1"), b"a=1&tampered=true");
        assert_eq!(with_other_byte(br#"{"a":1}"#), br#"{"a":2}"#);
        assert_eq!(other("1700000009"), "1700000000");
        assert_eq!(other("evt_az"), "evt_ay");
        assert_eq!(changed_at("deadbeef", 7), "deadbeea");
        assert_eq!(without_digest("t=1,v1=abc", &["abc".to_owned()]), "t=1,v1=");
        assert_eq!(
            other_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "whsec_NaLR0s9HLZrsUxkVQE9JMQYJp3MbLaSw"
        );
        assert_ne!(other_secret("a"), "a");
    }
}
