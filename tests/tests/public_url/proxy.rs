//! A reverse proxy: `https://hooks.example.com:8443/eu/…` comes in, `http://10.0.0.7:3000/…` goes out. It answers to no
//! other name, whatever `Host` says.

use countersign_tests::Request;

/// Where the proxy is reached,
pub(crate) const ORIGIN: &str = "https://hooks.example.com:8443";
/// and what it removes from the path.
pub(crate) const REMOVED: &str = "/eu";

/// A proxy, and what it says of the requests that it passes on.
pub(crate) struct Proxy(pub(crate) Announcement);

/// What a proxy says of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Announcement {
    Nothing,
    /// In the words of RFC 7239, behind what is there.
    Forwarded,
    /// Scheme and host behind what is there; port and prefix instead of it.
    XForwarded,
}

impl Proxy {
    /// What the server gets of a request.
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

/// In one line with what is there.
fn appended(request: Request, name: &str, value: &str) -> Request {
    if request.headers.contains_key(name) {
        return request.map(name, |values| format!("{values}, {value}"));
    }
    request.with(name, value)
}

const HOST: &str = "hooks.example.com";
const PORT: &str = "8443";
