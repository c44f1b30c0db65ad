//! Texts of unverified senders, printable and without what may be a credential.

/// Appends a path, at most so many bytes of it. Segments that may be tokens, with at least 16 bytes and a digit or letters of both
/// cases, are lengths.
pub(crate) fn push_path(to: &mut String, path: &str, most: usize) {
    let end = to.len() + most;
    for (nth, segment) in path.split('/').enumerate() {
        if nth > 0 {
            to.push('/');
        }
        let Some(left) = end.checked_sub(to.len() + LONGEST_LENGTH) else {
            to.push('…');
            return;
        };
        if may_be_token(segment) {
            to.push_str(&format!("[{} bytes]", segment.len()));
        } else {
            push(to, segment, left);
        }
    }
}

/// Returns whether a segment may be a credential: names of routes are shorter, or words in lower case.
fn may_be_token(segment: &str) -> bool {
    let has = |of: fn(char) -> bool| segment.contains(of);
    segment.len() >= LEAST_TOKEN
        && (has(char::is_numeric) || has(char::is_uppercase) && has(char::is_lowercase))
}

/// Appends text, with escapes for everything that is not printable, and cut.
pub(crate) fn push(to: &mut String, text: &str, most: usize) {
    let end = to.len() + most;
    for letter in text.chars() {
        let escaped = letter.escape_debug();
        if to.len() + escaped.len() * 4 > end {
            to.push('…');
            return;
        }
        match letter {
            '"' | '\'' | '\\' => to.push(letter),
            _ => to.extend(escaped),
        }
    }
}

const LEAST_TOKEN: usize = 16;
/// That of a length in brackets.
const LONGEST_LENGTH: usize = 32;
