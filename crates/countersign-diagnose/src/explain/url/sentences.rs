use crate::explain::Cause;

pub(super) const MISSING: Cause = Cause::new(
    "url_missing",
    "the scheme signs the URL and none was given: set the public URL, as the provider was given it",
);
pub(super) const SCHEME: Cause = Cause::new(
    "url_scheme",
    "the provider signs the URL with the other scheme, because a proxy ends TLS: \
     set the public URL as the provider was given it",
);
pub(super) const PORT_ADDED: Cause = Cause::new(
    "url_port",
    "the provider signs the URL without a port: set the public URL as the provider was given it",
);
pub(super) const PORT_REMOVED: Cause = Cause::new(
    "url_port",
    "the provider signs the URL with another port: set the public URL as the provider was given it",
);
pub(super) const STRIPPED: Cause = Cause::new(
    "url_path_prefix",
    "the provider signs the URL with a prefix of the path that a proxy or a router has removed: \
     add the prefix to the public URL",
);
pub(super) const PREFIXED: Cause = Cause::new(
    "url_path_prefix",
    "the provider signs the URL without the first part of the path, which a proxy has added: \
     leave it out of the public URL",
);
pub(super) const SLASH: Cause = Cause::new(
    "url_trailing_slash",
    "the provider signs the URL with the slash at its end where there is none, or the other way round: \
     give it the URL as the program sees it, and redirect nothing",
);
pub(super) const SLASHES: Cause = Cause::new(
    "url_double_slash",
    "the provider signs the URL without a double slash: end the public URL without a slash",
);
pub(super) const DECODED: Cause = Cause::new(
    "url_percent_encoding",
    "the provider signs the URL decoded: give it a URL that has nothing to decode",
);
pub(super) const QUERY_ADDED: Cause = Cause::new(
    "url_query",
    "the provider signs the URL without its query: set the public URL as the provider was given it",
);
pub(super) const QUERY_REMOVED: Cause = Cause::new(
    "url_query",
    "the provider signs the URL with a query that was removed on its way: hand over path and query as they were received",
);
pub(super) const ENCODED: Cause = Cause::new(
    "url_percent_encoding",
    "the provider signs the URL with its percent signs as it was given it, and something on the way has decoded it or \
     encoded it otherwise: hand over path and query as they were received",
);
pub(super) const CASE: Cause = Cause::new(
    "url_case",
    "the provider signs a part of the URL in another case, upper or lower, than it was received in: \
     give it a URL in lower case, or sign and verify the value in the case that its page asks for",
);
pub(super) const HOST_CASE: Cause =
    Cause::new("url_case", "the provider signs the URL with its host in lower case: set the public URL so");
pub(super) const HOST_DOT: Cause = Cause::new(
    "url_host",
    "the provider signs the URL without the dot at the end of its host: set the public URL as the provider was given it",
);
pub(super) const ADDED: Cause = Cause::new(
    "url_query",
    "the provider signs the URL without a parameter of the query that was added on its way: \
     hand over path and query as they were received",
);
pub(super) const REENCODED: Cause = Cause::new(
    "url_query_reencoded",
    "the query was decoded and encoded again on its way, with `+` for `%20` or the like: \
     hand over path and query as they were received",
);
