use http::{HeaderMap, Method, header};

/// Writes a request as a message of HTTP/1.1, which [`read`](super::read) reads back: the same method, target and headers, and
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use http::{HeaderName, HeaderValue};

    use super::*;
    use crate::capture::read;

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
}
