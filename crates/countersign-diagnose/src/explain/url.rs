//! Mistakes with the URL: a proxy in front of a program shows it another one than the provider was given.

mod query;
mod sentences;

use http::HeaderMap;
use sentences::{
    CASE, DECODED, ENCODED, HOST_CASE, HOST_DOT, MISSING, PORT_ADDED, PORT_REMOVED, PREFIXED, QUERY_ADDED,
    QUERY_REMOVED, SCHEME, SLASH, SLASHES, STRIPPED,
};

use super::Cause;
use super::body::{escapes, percent};
use super::case::{Case, Guess, Guesses};
use super::code::from_percent;

/// Tries changes of one part of the URL.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    let singles = url(case).map(|url| url.others(&case.headers, 1)).unwrap_or_default();
    guesses(case, singles.into_iter())
}

/// Tries URLs with several parts changed, or with the parameters of the query in another order.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    let url = url(case);
    let several = url
        .as_ref()
        .into_iter()
        .flat_map(|url| (2..=PARTS).flat_map(|changes| url.others(&case.headers, changes)));
    let several: Vec<_> = several.take(MOST_URLS).collect();
    let ordered = url.into_iter().flat_map(|url| {
        query::orders(&url.query).map(move |query| (vec![query::ORDER], Url { query, ..url.clone() }))
    });
    guesses(case, several.into_iter().chain(ordered))
}

/// Returns the URL if it is signed; derived from the host if none is given.
fn url(case: &Case) -> Option<Url> {
    let host = || format!("https://{}/", text(&case.headers, "host").unwrap_or_default());
    case.signs_url().then(|| Url::parse(&case.url.clone().unwrap_or_else(host))).flatten()
}

fn guesses<'g>(case: &'g Case, urls: impl Iterator<Item = (Vec<Cause>, Url)> + 'g) -> Guesses<'g> {
    let missing = case.url.is_none();
    let bare = missing.then(|| url(case)).flatten().map(|url| (Vec::new(), url));
    Box::new(bare.into_iter().chain(urls).map(move |(causes, url)| {
        // Differences from a guessed URL are not mistakes of the caller.
        let causes = if missing { vec![MISSING] } else { causes };
        let url = url.to_text();
        Guess::several(causes, move |case| case.url = Some(url.clone()))
    }))
}

/// An absolute URL in its parts.
#[derive(Clone, Debug, PartialEq)]
struct Url {
    scheme: String,
    host: String,
    /// The port with its colon.
    port: String,
    path: String,
    /// The query with its question mark.
    query: String,
}

/// Another value of a part, with the cause of the change.
type Part = (Cause, fn(&mut Url, &str), String);

impl Url {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (authority, target) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?;
        let (host, port) = host_and_port(authority);
        let (path, query) = path_and_query(target);
        let scheme = scheme.to_owned();
        Some(Self { scheme, host, port, path, query })
    }

    fn to_text(&self) -> String {
        let Self { scheme, host, port, path, query } = self;
        format!("{scheme}://{host}{port}{path}{query}")
    }

    /// Returns all combinations of this number of changed parts.
    fn others(&self, headers: &HeaderMap, changes: usize) -> Vec<(Vec<Cause>, Self)> {
        let parts = [
            self.schemes(),
            self.hosts(headers),
            self.other_ports(headers),
            self.paths(headers),
            self.queries(headers),
        ];
        let mut all = vec![(Vec::new(), self.clone())];
        for (position, parts) in parts.iter().enumerate() {
            let left = PARTS - 1 - position;
            let mut more = Vec::new();
            for (causes, url) in &all {
                let changed = parts.iter().filter(|_| causes.len() < changes).map(|(cause, set, part)| {
                    let mut url = url.clone();
                    set(&mut url, part);
                    ([causes.as_slice(), std::slice::from_ref(cause)].concat(), url)
                });
                let kept = (causes.len() + left >= changes).then(|| (causes.clone(), url.clone()));
                more.extend(
                    kept.into_iter().chain(changed).filter(|(causes, _)| causes.len() + left >= changes),
                );
            }
            more.truncate(MOST_URLS);
            all = more;
        }
        all
    }

    fn schemes(&self) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, scheme| scheme.clone_into(&mut url.scheme);
        let other = if self.scheme == "https" { "http" } else { "https" };
        vec![(SCHEME, set, other.to_owned())]
    }

    fn hosts(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, authority| (url.host, url.port) = host_and_port(authority);
        let mut parts: Vec<Part> = Vec::new();
        let forwarded = text(headers, "forwarded").and_then(forwarded_host).map(|host| ("forwarded", host));
        let named = HOSTS.iter().filter_map(|name| Some((*name, first(text(headers, name)?))));
        for (name, host) in named.chain(forwarded) {
            if !host.is_empty() && host_and_port(host).0 != self.host {
                let cause = Cause::owned(
                    "url_host",
                    format!(
                        "the provider signs the URL with the host that the header `{name}` has: set the public URL to it"
                    ),
                );
                parts.push((cause, set, host.to_owned()));
            }
        }
        let spelled: [Part; 2] = [
            (HOST_CASE, |url, host| host.clone_into(&mut url.host), self.host.to_ascii_lowercase()),
            (
                HOST_DOT,
                |url, host| host.clone_into(&mut url.host),
                self.host.trim_end_matches('.').to_owned(),
            ),
        ];
        parts.extend(spelled.into_iter().filter(|(_, _, host)| *host != self.host));
        parts
    }

    fn other_ports(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, port| port.clone_into(&mut url.port);
        let host = text(headers, "host").map(|host| host_and_port(host).1);
        let forwarded = text(headers, "x-forwarded-port").map(|port| format!(":{}", first(port)));
        let known = [String::new(), ":443".to_owned(), ":80".to_owned()];
        let mut parts: Vec<Part> = Vec::new();
        for port in known.into_iter().chain(host).chain(forwarded) {
            if port != self.port && parts.iter().all(|(_, _, other)| *other != port) {
                parts.push((if port.is_empty() { PORT_ADDED } else { PORT_REMOVED }, set, port));
            }
        }
        parts
    }

    fn paths(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, path| path.clone_into(&mut url.path);
        let mut parts: Vec<Part> = Vec::new();
        let mut push = |cause: Cause, path: String| {
            if path != self.path && parts.iter().all(|(_, _, other)| *other != path) {
                parts.push((cause, set, path));
            }
        };
        for name in PREFIXES {
            if let Some(prefix) = text(headers, name) {
                push(STRIPPED, format!("{}{}", first(prefix).trim_end_matches('/'), self.path));
            }
        }
        for name in TARGETS {
            if let Some(target) = text(headers, name) {
                push(STRIPPED, path_of(target));
            }
        }
        push(SLASHES, self.path.replace("//", "/"));
        let mut rest = self.path.as_str();
        for _ in 0..MOST_SEGMENTS {
            let after = rest.strip_prefix('/').and_then(|rest| Some(rest.split_once('/')?.1));
            if let Some(after) = after {
                push(PREFIXED, format!("/{after}"));
                rest = rest.get(rest.len() - after.len() - 1..).unwrap_or_default();
            }
        }
        match self.path.strip_suffix('/') {
            Some(path) => push(SLASH, path.to_owned()),
            None => push(SLASH, format!("{}/", self.path)),
        }
        if let Some(path) = from_percent(&self.path) {
            push(DECODED, path);
        }
        let encoded = |segment: &str| percent(segment);
        push(ENCODED, self.path.split('/').map(encoded).collect::<Vec<_>>().join("/"));
        for path in [self.path.as_bytes()]
            .map(|path| [escapes(path, u8::to_ascii_lowercase), escapes(path, u8::to_ascii_uppercase)])
        {
            path.into_iter().for_each(|path| push(ENCODED, String::from_utf8_lossy(&path).into_owned()));
        }
        push(CASE, self.path.to_ascii_lowercase());
        parts
    }

    fn queries(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, query| query.clone_into(&mut url.query);
        let mut parts: Vec<Part> = Vec::new();
        if !self.query.is_empty() {
            parts.push((QUERY_ADDED, set, String::new()));
            parts.extend(from_percent(&self.query).map(|query| -> Part { (DECODED, set, query) }));
        }
        for name in TARGETS {
            let query = text(headers, name).map(|target| path_and_query(target).1);
            parts.extend(
                query.filter(|query| !query.is_empty()).map(|query| -> Part { (QUERY_REMOVED, set, query) }),
            );
        }
        parts.extend(
            query::others(&self.query).into_iter().map(|(cause, query)| -> Part { (cause, set, query) }),
        );
        let mut seen = std::collections::HashSet::from([self.query.clone()]);
        parts.retain(|(_, _, query)| seen.insert(query.clone()));
        parts
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Returns the first entry of a list: the one of the outermost proxy.
fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or_default().trim()
}

/// Returns the host of the first element (RFC 7239).
fn forwarded_host(list: &str) -> Option<&str> {
    let parameter = |parameter: &&str| parameter.trim().to_ascii_lowercase().starts_with("host=");
    let parameter = first(list).split(';').find(parameter)?;
    parameter.split_once('=').map(|(_, host)| host.trim().trim_matches('"'))
}

fn host_and_port(authority: &str) -> (String, String) {
    let port = authority.rfind(':').filter(|_| !authority.ends_with(']'));
    let (host, port) = authority.split_at_checked(port.unwrap_or(authority.len())).unwrap_or_default();
    (host.to_owned(), port.to_owned())
}

fn path_and_query(target: &str) -> (String, String) {
    let (path, query) = target.split_at_checked(target.find('?').unwrap_or(target.len())).unwrap_or_default();
    (path.to_owned(), query.to_owned())
}

/// Returns the path of a target, which may be a whole URL.
fn path_of(target: &str) -> String {
    Url::parse(target).map_or_else(|| path_and_query(target).0, |url| url.path)
}

static HOSTS: [&str; 4] = ["x-forwarded-host", "host", "x-original-host", "x-forwarded-server"];
static PREFIXES: [&str; 3] = ["x-forwarded-prefix", "x-forwarded-path", "x-script-name"];
static TARGETS: [&str; 5] =
    ["x-original-uri", "x-original-url", "x-envoy-original-path", "x-forwarded-uri", "x-rewrite-url"];

const PARTS: usize = 5;
/// The number of segments that are tried: proxies that route by path strip one or two.
const MOST_SEGMENTS: usize = 3;
const MOST_URLS: usize = 1024;
