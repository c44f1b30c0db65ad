use crate::diagnose::Cause;

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
