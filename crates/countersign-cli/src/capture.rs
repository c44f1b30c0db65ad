//! Captured requests in files.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// A request from any source.
pub(crate) struct Request {
    pub(crate) method: String,
    /// The target of the request line.
    pub(crate) target: String,
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The bytes after the end that `Content-Length` announces.
    pub(crate) surplus: Vec<u8>,
}

/// Reads request line, headers, an empty line and the body. Lines of the head may end with LF alone.
pub(crate) fn read(file: &[u8]) -> Result<Request, String> {
    let text = unfolded(in_version_1(file));
    let mut room = vec![httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut room);
    // Without a body, the empty line may be missing, too.
    let ended = [text.as_slice(), b"\r\n\r\n"].concat();
    let end = match parsed.parse(&ended) {
        Ok(httparse::Status::Complete(end)) => end.min(text.len()),
        Ok(httparse::Status::Partial) => return Err("no request line, or the headers do not end".to_owned()),
        Err(error) => return Err(format!("not an HTTP request: {error}{}", cure(&text))),
    };
    let mut headers = HeaderMap::new();
    for parsed in parsed.headers {
        let name = HeaderName::from_bytes(parsed.name.as_bytes());
        let value = HeaderValue::from_bytes(parsed.value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(format!("the header {:?} holds bytes that HTTP does not allow", parsed.name));
        };
        headers.append(name, value);
    }
    let target = parsed.path.unwrap_or_default().to_owned();
    let url = url(&target, &headers);
    let method = parsed.method.unwrap_or_default().to_owned();
    let (body, surplus) = body(&headers, text.get(end..).unwrap_or_default());
    Ok(Request { method, target, url, headers, body, surplus })
}

/// Writes a request as a message of HTTP/1.1, which [`read`] reads back: the same method, target and headers, and
/// the body byte for byte. The length of the body replaces its transfer coding, because the body is decoded.
pub(crate) fn write(method: &Method, target: &str, headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let mut message = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    let of_the_body = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
    for (name, value) in headers.iter().filter(|(name, _)| !of_the_body.contains(name)) {
        message.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    message.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    message.extend_from_slice(body);
    message
}

/// Normalises the version: tools write `HTTP/2` into the request line, or no version.
fn in_version_1(file: &[u8]) -> Vec<u8> {
    let start = file.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or_default();
    let file = file.get(start..).unwrap_or_default();
    let line_end = file.iter().position(|byte| *byte == b'\n').unwrap_or(file.len());
    let (line, rest) = file.split_at_checked(line_end).unwrap_or_default();
    let mut words: Vec<_> = line.trim_ascii_end().split(|byte| *byte == b' ').collect();
    words.retain(|word| !word.is_empty());
    match words.as_slice() {
        [method, target] => [method, b" ".as_slice(), target, b" HTTP/1.1", rest].concat(),
        [method, target, version] if version.starts_with(b"HTTP/") && !version.starts_with(b"HTTP/1.") => {
            [method, b" ".as_slice(), target, b" HTTP/1.1", rest].concat()
        }
        _ => file.to_vec(),
    }
}

/// Joins each line of the head that begins with a space or tab to the one before it, with one space (RFC 9112, section 5.2): senders
/// and mail gateways fold long headers.
fn unfolded(file: Vec<u8>) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::with_capacity(file.len());
    let mut rest = file.as_slice();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, behind) = rest.split_at_checked(end + 1).unwrap_or_default();
        if line.trim_ascii().is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            text.truncate(text.trim_ascii_end().len());
            text.push(b' ');
            text.extend_from_slice(line.trim_ascii_start());
        } else {
            text.extend_from_slice(line);
        }
        rest = behind;
    }
    text.extend_from_slice(rest);
    text
}

/// Returns the cure for a usual mistake in a head.
fn cure(text: &[u8]) -> &'static str {
    let lines = || text.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let has_space = |line: &[u8]| {
        line.iter()
            .position(|byte| *byte == b':')
            .is_some_and(|colon| line.get(..colon).is_some_and(|name| name.ends_with(b" ")))
    };
    if lines().any(|line| line.starts_with(b"> ") || line.starts_with(b"< ")) {
        ": remove the `> ` that `curl -v` writes in front of each line"
    } else if lines().any(|line| line.starts_with(b":")) {
        ": instead of `:method` and `:path` of HTTP/2, the first line is `POST /path HTTP/1.1`"
    } else if lines().skip(1).any(has_space) {
        ": remove the space between a header's name and its colon"
    } else {
        ""
    }
}

/// Returns the URL that the sender requested, with https: a capture does not contain the scheme, and providers use
/// no other.
fn url(target: &str, headers: &HeaderMap) -> Option<String> {
    if target.contains("://") && !target.starts_with('/') {
        return Some(target.to_owned());
    }
    let host = headers.get(header::HOST)?.to_str().ok()?;
    Some(format!("https://{host}{target}"))
}

/// Returns the body, and the bytes after it.
fn body(headers: &HeaderMap, rest: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if text(header::TRANSFER_ENCODING).is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"))
        && let Some(body) = dechunked(rest)
    {
        return (body, Vec::new());
    }
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()).unwrap_or(rest.len());
    let (body, surplus) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    (body.to_vec(), surplus.to_vec())
}

/// Joins a chunked body (RFC 9112, section 7.1). Returns `None` if it is not one. Lines may end with LF alone, and
/// trailers are ignored.
pub(crate) fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
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

/// Servers accept a hundred.
const MOST_HEADERS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(file: &str) -> Vec<u8> {
        read(file.as_bytes()).unwrap().body
    }

    #[test]
    fn a_request_is_taken_apart() {
        let file = "PUT /in?x=1 HTTP/1.1\r\nHost: a.b\r\nX-A: 1\r\nx-a:  2 \r\n\r\n{\r\n}\n";
        let request = read(file.as_bytes()).unwrap();
        assert_eq!(request.method, "PUT");
        assert_eq!(request.url.as_deref(), Some("https://a.b/in?x=1"));
        assert_eq!(request.headers.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(request.body, b"{\r\n}\n");
    }

    #[test]
    fn lines_of_the_head_may_end_with_lf_and_the_body_keeps_its_bytes() {
        let request = read(b"POST http://a.b/c HTTP/1.1\nA: b\n\n\xff\x00\r\n").unwrap();
        assert_eq!(request.url.as_deref(), Some("http://a.b/c"));
        assert_eq!(request.body, b"\xff\x00\r\n");
    }

    #[test]
    fn folded_headers_are_joined_with_one_space() {
        for (file, value) in [
            ("POST / HTTP/1.1\r\nx-a: 1,\r\n  2\r\n\r\n x\r\n y", "1, 2"),
            ("POST / HTTP/1.1\nx-a: 1,\n\t2\n\n x\r\n y", "1, 2"),
            ("POST / HTTP/1.1\r\nx-a:\r\n 1\r\n 2\r\n\r\n x\r\n y", "1 2"),
        ] {
            let request = read(file.as_bytes()).unwrap();
            assert_eq!(request.headers["x-a"], value, "{file:?}");
            assert_eq!(request.body, b" x\r\n y", "{file:?}");
        }
    }

    #[test]
    fn usual_mistakes_in_a_head_have_their_cure() {
        for (head, cure) in [
            ("> POST / HTTP/1.1\n> Host: a.b\n", "curl -v"),
            (":method: POST\n:path: /\nhost: a.b\n", "HTTP/2"),
            ("POST / HTTP/1.1\nHost : a.b\n", "colon"),
        ] {
            let error = read(head.as_bytes()).err().unwrap_or_default();
            assert!(error.contains(cure), "{head:?}: {error}");
        }
    }

    #[test]
    fn other_versions_are_read_too() {
        for line in ["POST / HTTP/2", "POST / HTTP/3", "POST / HTTP/1.0", "POST /"] {
            assert_eq!(body_of(&format!("\n{line}\r\nA: b\r\n\r\nx")), b"x", "{line}");
        }
    }

    #[test]
    fn a_body_ends_where_its_length_says() {
        let request = read(b"POST / HTTP/1.1\nContent-Length: 2\n\nab\n").unwrap();
        assert_eq!((request.body.as_slice(), request.surplus.as_slice()), (&b"ab"[..], &b"\n"[..]));
        assert_eq!(body_of("POST / HTTP/1.1\nContent-Length: 9\n\nab"), b"ab");
        assert_eq!(body_of("POST / HTTP/1.1\nContent-Length: x\n\nab"), b"ab");
        assert_eq!(body_of("POST / HTTP/1.1\nA: b\n"), b"");
        assert_eq!(body_of("POST / HTTP/1.1\nA: b"), b"");
    }

    #[test]
    fn chunks_are_joined_unless_they_are_already() {
        let head = "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n";
        assert_eq!(body_of(&format!("{head}2\r\nab\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n")), b"ab0123456789");
        assert_eq!(body_of(&format!("{head}{{}}")), b"{}");
    }

    #[test]
    fn what_is_no_request_says_why() {
        for file in ["", "{}", "POST / HTTP/1.1\nbad header\n\n", "POST / x / HTTP/1.1\n\n"] {
            assert!(read(file.as_bytes()).is_err(), "{file:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let bodies: [&[u8]; 6] = [
            b"",
            b"{\r\n  \"a\": 1\r\n}\r\n",
            b"\xff\x00\r\n\r\n\n",
            b"\n",
            b"2\r\nab\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\n\r\n",
        ];
        for body in bodies {
            let mut headers = HeaderMap::new();
            for (name, value) in [
                ("host", &b"hooks.example.com"[..]),
                ("x-a", b"\xfc b"),
                ("transfer-encoding", b"chunked"),
                ("x-a", b""),
                ("content-length", b"999"),
            ] {
                headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
            }
            let request = read(&write(&Method::PUT, "/in?a=%20&b='x'", &headers, body)).unwrap();
            assert_eq!((request.method.as_str(), request.target.as_str()), ("PUT", "/in?a=%20&b='x'"));
            assert_eq!(request.url.as_deref(), Some("https://hooks.example.com/in?a=%20&b='x'"));
            let values: Vec<_> = request.headers.get_all("x-a").iter().map(HeaderValue::as_bytes).collect();
            assert_eq!(values, [&b"\xfc b"[..], b""]);
            assert_eq!((request.body.as_slice(), request.surplus.as_slice()), (body, &b""[..]));
        }
        let absolute = write(&Method::POST, "https://a.example/in?x=1", &HeaderMap::new(), b"{}");
        assert_eq!(read(&absolute).unwrap().url.as_deref(), Some("https://a.example/in?x=1"));
    }

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
            assert_eq!(dechunked(body.as_bytes()), None, "{body:?}");
        }
        assert_eq!(dechunked(b"2\nab\n0\n\n"), Some(b"ab".to_vec()));
    }
}
