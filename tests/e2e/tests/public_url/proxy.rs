//! A reverse proxy from `https://hooks.example.com:8443/eu/…` to `http://10.0.0.7:3000/…`. It accepts no other host
//! name, whatever `Host` contains.

use countersign_tests::Request;

/// The public origin of the proxy.
pub(crate) const ORIGIN: &str = "https://hooks.example.com:8443";
/// The prefix that it removes from the path.
pub(crate) const REMOVED: &str = "/eu";

/// A proxy, and the headers that it adds to requests.
pub(crate) struct Proxy(pub(crate) Announcement);

/// The headers that a proxy adds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Announcement {
    Nothing,
    /// As specified by RFC 7239, appended to existing values.
    Forwarded,
    /// Scheme and host appended to existing values; port and prefix replaced.
    XForwarded,
}

impl Proxy {
    /// Returns the request that the server receives.
    pub(crate) fn pass(&self, request: Request) -> Request {
        let target = request.target.strip_prefix(REMOVED).unwrap().to_owned();
        let passed = request.clone().with_target(target).with("host", "10.0.0.7:3000");
        match self.0 {
            Announcement::Nothing => passed,
            Announcement::Forwarded => {
                passed.and("forwarded", &format!("for=\"[2001:db8::1]\";proto=https;host=\"{HOST}:{PORT}\""))
            }
            Announcement::XForwarded => {
                appended(appended(passed, "x-forwarded-proto", "https"), "x-forwarded-host", HOST)
                    .with("x-forwarded-port", PORT)
                    .with("x-forwarded-prefix", REMOVED)
            }
        }
    }
}

/// Appends to an existing line.
fn appended(request: Request, name: &str, value: &str) -> Request {
    if request.headers.contains_key(name) {
        return request.map(name, |values| format!("{values}, {value}"));
    }
    request.with(name, value)
}

const HOST: &str = "hooks.example.com";
const PORT: &str = "8443";
