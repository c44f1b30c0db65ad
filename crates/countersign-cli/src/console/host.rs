//! The names by which the page may be reached.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Names besides `localhost` and IP addresses.
pub(super) struct Hosts(pub(super) Vec<String>);

impl Hosts {
    /// Returns whether a value of `Host` names this server. A name of another site that leads here (DNS rebinding) does not.
    fn has(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let name = authority.host();
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_name = |known: &str| known.eq_ignore_ascii_case(name);
        address.parse::<IpAddr>().is_ok() || is_name("localhost") || self.0.iter().any(|known| is_name(known))
    }
}

/// Reads a name for `--host`: it would never be found with a port or a scheme.
pub(super) fn name(text: &str) -> Result<String, String> {
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or_default();
    let form = "a name such as ops.example.com".to_owned();
    let authority = bare.parse::<Authority>().map_err(|_| form.clone())?;
    match authority.host() {
        "" => Err(form),
        host if host == text => Ok(text.to_owned()),
        host => Err(format!("give the name alone, without scheme, port and path: `{host}`")),
    }
}

/// Refuses requests to other names with 421.
pub(super) async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 has the name in `:authority`.
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str)).unwrap_or_default();
    if hosts.has(host) {
        return next.run(request).await;
    }
    let text = "Open the address that the command has printed, or name this host with --host.\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_sites_are_unknown() {
        let hosts = Hosts(vec!["ops.example.com".to_owned()]);
        for host in
            ["localhost", "LOCALHOST:4040", "127.0.0.1:4040", "[::1]:4040", "10.0.0.7", "ops.example.com:443"]
        {
            assert!(hosts.has(host), "{host}");
        }
        for host in
            ["", "evil.example.com", "localhost.evil.example.com:4040", "127.0.0.1.evil.example.com", "a b"]
        {
            assert!(!hosts.has(host), "{host}");
        }
    }

    #[test]
    fn a_name_has_no_scheme_port_or_path() {
        for host in ["ops.example.com", "ops", "10.0.0.7", "[::1]"] {
            assert_eq!(name(host), Ok(host.to_owned()));
        }
        for (text, cure) in [
            ("ops.example.com:8443", "`ops.example.com`"),
            ("https://ops.example.com", "`ops.example.com`"),
            ("https://ops.example.com:8443/ops", "`ops.example.com`"),
            ("ops.example.com/", "`ops.example.com`"),
            ("ada@ops.example.com", "`ops.example.com`"),
            ("", "such as"),
            ("a b", "such as"),
        ] {
            assert!(name(text).is_err_and(|error| error.contains(cure)), "{text}: {:?}", name(text));
        }
    }
}
