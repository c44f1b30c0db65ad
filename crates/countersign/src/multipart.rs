//! Reads the text fields of multipart/form-data (RFC 7578), borrowed from the body.
//!
//! The reader is written here because no existing crate fits the verification path: `multer` reads asynchronous
//! streams, copies each field, and needs the boundary from `Content-Type`, which no scheme signs;
//! `multipart-rfc7578` only writes forms. Fields are read before the signature is verified, so reading must be
//! synchronous, bounded and free of allocation.

use memchr::memmem::{find, find_iter};

/// The remaining fields.
pub(crate) struct Parts<'b> {
    /// The line between two parts: `--` and the boundary.
    line: &'b [u8],
    /// The bytes after the line before the next part.
    rest: &'b [u8],
}

impl<'b> Parts<'b> {
    /// Recognises multipart, with its boundary, from the body itself: no form-encoded body and no JSON begins with
    /// `--` and contains line breaks. The header is ignored, because no scheme signs it.
    pub(crate) fn of(body: &'b [u8]) -> Option<Self> {
        if !body.starts_with(b"--") {
            return None;
        }
        let (line, rest) = body.split_at_checked(find(body, b"\r\n")?)?;
        let is_boundary = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
        let fits = (3..=BOUNDARY + 2).contains(&line.len()) && line.iter().all(is_boundary);
        fits.then_some(Self { line, rest })
    }

    /// Returns the positions of the dividing line in the remaining parts.
    pub(crate) fn boundaries(&self) -> impl Iterator<Item = usize> {
        find_iter(self.rest, self.line)
    }

    /// Returns whether the head of each part is within the limits on its length, lines and parameters.
    pub(crate) fn has_short_heads(mut self) -> bool {
        while let Some(part) = self.part() {
            let start = part.get(..HEAD).unwrap_or(part);
            let Some(end) = find(start, b"\r\n\r\n") else {
                if part.len() > HEAD {
                    return false;
                }
                continue;
            };
            let head = start.get(..end).unwrap_or_default();
            if memchr::memchr2_iter(b';', b'\n', head).take(PARAMETERS + 1).count() > PARAMETERS {
                return false;
            }
        }
        true
    }

    /// Returns the next part, with its headers.
    fn part(&mut self) -> Option<&'b [u8]> {
        let body = self.rest.strip_prefix(b"\r\n")?;
        let mut from = 0;
        let end = loop {
            let end = from + find(body.get(from..)?, self.line)?;
            // A dividing line begins at the start of a line.
            if body.get(..end)?.ends_with(b"\r\n") {
                break end;
            }
            from = end + 1;
        };
        self.rest = body.get(end + self.line.len()..)?;
        body.get(..end - 2)
    }
}

impl<'b> Iterator for Parts<'b> {
    type Item = (&'b str, &'b str);

    /// Returns the next text field. Skips files and text outside UTF-8.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let part = self.part()?;
            let field = find(part, b"\r\n\r\n").and_then(|end| {
                let (head, value) = part.split_at_checked(end)?;
                let name = name(std::str::from_utf8(head).ok()?)?;
                Some((name, std::str::from_utf8(value.get(4..)?).ok()?))
            });
            if field.is_some() {
                return field;
            }
        }
    }
}

/// The longest head of a part, in bytes. The heads of browsers hold a field name and a file name in UTF-8.
const HEAD: usize = 4 << 10;
/// The largest number of lines and parameters in the head of a part.
const PARAMETERS: usize = 16;
/// The longest boundary (RFC 2046, 5.1.1).
const BOUNDARY: usize = 70;

/// Returns the name of a text field, that is, of a part without a file name.
fn name(head: &str) -> Option<&str> {
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let (_, disposition) = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))?;
    let (kind, mut rest) = disposition.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    let mut name = None;
    loop {
        let (key, value) = rest.split_once('=')?;
        let (value, after) = match value.trim_start().strip_prefix('"') {
            // A quote inside a name is written as `%22`.
            Some(quoted) => quoted.split_once('"')?,
            None => value.find(';').map_or((value, ""), |end| value.split_at(end)),
        };
        match key.trim_matches([' ', ';']) {
            key if key.eq_ignore_ascii_case("name") => name = name.or(Some(value)),
            key if key.eq_ignore_ascii_case("filename") || key.eq_ignore_ascii_case("filename*") => {
                return None;
            }
            _ => {}
        }
        rest = after;
        if rest.trim_matches([' ', ';']).is_empty() {
            return name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Option<Vec<(&str, &str)>> {
        Some(Parts::of(body.as_bytes())?.collect())
    }

    #[test]
    fn text_fields_are_found_in_order() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\n\
                    content-disposition: FORM-DATA; name=b\r\nContent-Type: text/plain\r\n\r\n2\r\n--3\r\n--x--\r\n";
        assert_eq!(fields(body).unwrap(), [("a", "1"), ("b", "2\r\n--3")]);
        assert_eq!(Parts::of(body.as_bytes()).unwrap().boundaries().count(), 2);
    }

    #[test]
    fn files_are_no_fields() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"; name=a.txt\"\r\n\r\n1\r\n--x\r\n\
                    Content-Disposition: form-data; filename=\"f\"; name=\"g\"\r\n\r\n1\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x--";
        assert_eq!(fields(body).unwrap(), [("a", "")]);
    }

    #[test]
    fn heads_of_parts_are_bounded() {
        let with = |head: &str| {
            let part = format!("--x\r\nContent-Disposition: form-data; name=\"a\"{head}\r\n\r\n1\r\n--x--");
            Parts::of(part.as_bytes()).unwrap().has_short_heads()
        };
        assert!(with("") && with("; filename=\"a\"\r\nContent-Type: text/plain; charset=utf-8"));
        assert!(!with(&"; a=b".repeat(17)) && !with(&"\r\na: b".repeat(17)) && !with(&"a".repeat(5_000)));
    }

    #[test]
    fn other_bodies_are_not_taken_for_one() {
        for body in ["", "a=b", "{}", "--", "--\r\n", "--a=b&c=d", "---- \n"] {
            assert_eq!(fields(body), None, "{body}");
        }
        for body in [
            "--x\r\n",
            "--x\r\n\r\n",
            "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
            "--x\r\n--x--",
        ] {
            assert_eq!(fields(body).unwrap(), [], "{body}");
        }
    }
}
