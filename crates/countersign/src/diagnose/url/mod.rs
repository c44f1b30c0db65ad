//! Mistakes with the URL: what stands in front of a program shows it another one than the provider was given.

mod sentences;

use http::HeaderMap;

use super::Cause;
use super::case::{Case, Guess, Guesses};
use super::code::from_percent;
use sentences::{
    DECODED, MISSING, PORT_ADDED, PORT_REMOVED, PREFIXED, QUERY_ADDED, QUERY_REMOVED, SCHEME, SLASH, SLASHES,
    STRIPPED,
};

/// One part of the URL is another one.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    guesses(case, 1..=1)
}

/// Several parts are.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    guesses(case, 2..=PARTS)
}

fn guesses(case: &Case, changes: std::ops::RangeInclusive<usize>) -> Guesses<'_> {
    if !case.signs_url() {
        return Box::new(std::iter::empty());
    }
    let missing = case.url.is_none();
    let url = case
        .url
        .clone()
        .unwrap_or_else(|| format!("https://{}/", text(&case.headers, "host").unwrap_or_default()));
    let mut all = Url::parse(&url).map(|url| url.others(&case.headers)).unwrap_or_default();
    all.retain(|(causes, _)| changes.contains(&causes.len().max(usize::from(missing))));
    all.sort_by_key(|(causes, _)| causes.len());
    Box::new(all.into_iter().map(move |(causes, url)| {
        // What differs from a guess of ours is no mistake.
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
    /// With its colon.
    port: String,
    path: String,
    /// With its question mark.
    query: String,
}

/// A part as it might be, and what happened to it then.
type Part = (Option<Cause>, fn(&mut Url, &str), String);

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

    /// All combinations of what each part might be, itself included.
    fn others(&self, headers: &HeaderMap) -> Vec<(Vec<Cause>, Self)> {
        let mut all = vec![(Vec::new(), self.clone())];
        for parts in [
            self.schemes(),
            self.hosts(headers),
            self.ports(headers),
            self.paths(headers),
            self.queries(headers),
        ] {
            let mut more = Vec::new();
            for (causes, url) in &all {
                for (cause, set, part) in &parts {
                    let mut url = url.clone();
                    set(&mut url, part);
                    let causes: Vec<_> = causes.iter().chain(cause).cloned().collect();
                    more.push((causes, url));
                }
            }
            more.truncate(MOST_URLS);
            all = more;
        }
        all
    }

    fn schemes(&self) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, scheme| scheme.clone_into(&mut url.scheme);
        let other = if self.scheme == "https" { "http" } else { "https" };
        vec![(None, set, self.scheme.clone()), (Some(SCHEME), set, other.to_owned())]
    }

    fn hosts(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, authority| (url.host, url.port) = host_and_port(authority);
        let mut parts: Vec<Part> = vec![(None, set, format!("{}{}", self.host, self.port))];
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
                parts.push((Some(cause), set, host.to_owned()));
            }
        }
        parts
    }

    fn ports(&self, headers: &HeaderMap) -> Vec<Part> {
        let keep: fn(&mut Self, &str) = |_, _| {};
        let set: fn(&mut Self, &str) = |url, port| port.clone_into(&mut url.port);
        let host = text(headers, "host").map(|host| host_and_port(host).1);
        let forwarded = text(headers, "x-forwarded-port").map(|port| format!(":{}", first(port)));
        let known = [String::new(), ":443".to_owned(), ":80".to_owned()];
        let mut parts: Vec<Part> = vec![(None, keep, String::new())];
        for port in known.into_iter().chain(host).chain(forwarded) {
            if port != self.port && parts.iter().all(|(cause, _, other)| cause.is_none() || *other != port) {
                parts.push((Some(if port.is_empty() { PORT_ADDED } else { PORT_REMOVED }), set, port));
            }
        }
        parts
    }

    fn paths(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, path| path.clone_into(&mut url.path);
        let mut parts: Vec<Part> = vec![(None, set, self.path.clone())];
        let mut push = |cause: Cause, path: String| {
            if parts.iter().all(|(_, _, other)| *other != path) {
                parts.push((Some(cause), set, path));
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
        parts
    }

    fn queries(&self, headers: &HeaderMap) -> Vec<Part> {
        let set: fn(&mut Self, &str) = |url, query| query.clone_into(&mut url.query);
        let mut parts: Vec<Part> = vec![(None, set, self.query.clone())];
        if !self.query.is_empty() {
            parts.push((Some(QUERY_ADDED), set, String::new()));
            parts.extend(from_percent(&self.query).map(|query| -> Part { (Some(DECODED), set, query) }));
        }
        for name in TARGETS {
            let query = text(headers, name).map(|target| path_and_query(target).1);
            if let Some(query) = query.filter(|query| !query.is_empty() && *query != self.query) {
                parts.push((Some(QUERY_REMOVED), set, query));
            }
        }
        parts
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// What the outermost proxy has seen.
fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or_default().trim()
}

/// The host of the first element (RFC 7239).
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

/// The path of a target, which may be a whole URL.
fn path_of(target: &str) -> String {
    Url::parse(target).map_or_else(|| path_and_query(target).0, |url| url.path)
}

static HOSTS: [&str; 4] = ["x-forwarded-host", "host", "x-original-host", "x-forwarded-server"];
static PREFIXES: [&str; 3] = ["x-forwarded-prefix", "x-forwarded-path", "x-script-name"];
static TARGETS: [&str; 5] =
    ["x-original-uri", "x-original-url", "x-envoy-original-path", "x-forwarded-uri", "x-rewrite-url"];

const PARTS: usize = 6;
/// Proxies that route by path strip one or two.
const MOST_SEGMENTS: usize = 3;
const MOST_URLS: usize = 512;
