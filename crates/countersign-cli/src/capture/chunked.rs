/// Joins a chunked body (RFC 9112, section 7.1). Returns `None` if it is not one. Lines may end with LF alone, and
/// trailers are ignored.
pub(crate) fn decode(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (line, after) = line(rest)?;
        let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
        if digits.first() == Some(&b'+') {
            return None;
        }
        let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let (chunk, after) = after.split_at_checked(size)?;
        body.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n"))?;
    }
}

/// Returns a line without its end, and the rest.
fn line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = text.split_at_checked(end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn what_is_not_chunked_is_nothing() {
        for body in [
            "",
            "{}",
            "5\r\nab\r\n0\r\n\r\n",
            "2\r\nabcd\r\n0\r\n\r\n",
            "-1\r\na",
            "2\r\nab\r\n",
            "+2\nab\n0\n",
        ] {
            assert_eq!(decode(body.as_bytes()), None, "{body:?}");
        }
        assert_eq!(decode(b"2\nab\n0\n\n"), Some(b"ab".to_vec()));
    }
}
