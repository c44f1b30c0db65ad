use http::{HeaderMap, HeaderName, header};

/// Returns the headers that are for the receiver behind a proxy: without those of one connection (RFC 9110, section 7.6.1),
/// and without those that the next request sets itself.
pub(crate) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let listed = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<_> = listed.flat_map(|names| names.split(',')).map(str::trim).collect();
    let is_listed = |name: &HeaderName| listed.iter().any(|one| name.as_str().eq_ignore_ascii_case(one));
    let kept = headers.iter().filter(|(name, _)| !OF_ONE_HOP.contains(name) && !is_listed(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).fold(
        HeaderMap::new(),
        |mut kept, (name, value)| {
            kept.append(name, value);
            kept
        },
    )
}

const OF_ONE_HOP: [HeaderName; 13] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
    header::CONTENT_LENGTH,
    header::EXPECT,
];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn headers_of_one_connection_are_left_out_and_others_keep_their_order_and_bytes() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", &b"hooks.example.com"[..]),
            ("x-a", b"1"),
            ("connection", b"keep-alive, X-Hop"),
            ("x-hop", b"1"),
            ("transfer-encoding", b"chunked"),
            ("x-a", b"\xff"),
            ("te", b"trailers"),
            ("content-length", b"2"),
        ] {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value).unwrap_or_else(|_| unreachable!()),
            );
        }
        let kept = end_to_end(&headers);
        let kept: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        assert_eq!(kept, [("x-a", &b"1"[..]), ("x-a", b"\xff")]);
    }
}
