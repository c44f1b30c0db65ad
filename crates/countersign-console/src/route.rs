//! The addresses of the console, below the path at which it is mounted.

use countersign_inbox::EventId;
use http::Method;

use crate::problem::Problem;

/// An address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Route {
    Overview,
    Subscriptions,
    Events,
    Event(EventId),
    Reveal(EventId),
    /// The choice of an event to compare with.
    Choose(EventId),
    Compare(EventId),
    Errors,
    /// Attempts of inline handlers.
    Attempts,
    DeadLetters,
    Audit,
    Rejections,
    Providers,
    /// The confirmation of a change.
    Confirm,
    /// A confirmed change.
    Change,
    /// The result of a change.
    Changed,
    ConfirmPause,
    Pause,
    /// Limits and circuits of all endpoints.
    Controls,
    /// The controls of an endpoint, and the confirmation of their changes.
    ConfirmControl,
    Control,
    Style,
    Icon,
}

impl Route {
    /// Finds the address that a method and a path name.
    pub(crate) fn find(method: &Method, path: &str) -> Result<Self, Problem> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let get = match path {
            "" => Some(Self::Overview),
            "subscriptions" => Some(Self::Subscriptions),
            "events" => Some(Self::Events),
            "errors" => Some(Self::Errors),
            "attempts" => Some(Self::Attempts),
            "dead" => Some(Self::DeadLetters),
            "audit" => Some(Self::Audit),
            "rejections" => Some(Self::Rejections),
            "providers" => Some(Self::Providers),
            "change" => Some(Self::Confirm),
            "changed" => Some(Self::Changed),
            "pause" => Some(Self::ConfirmPause),
            "controls" => Some(Self::Controls),
            "control" => Some(Self::ConfirmControl),
            "style.css" => Some(Self::Style),
            "icon.svg" => Some(Self::Icon),
            _ => path.strip_prefix("events/").and_then(|rest| match rest.strip_suffix("/compare") {
                Some(id) => id.parse().ok().map(Self::Choose),
                None => rest.parse().ok().map(Self::Event),
            }),
        };
        let post = match path {
            "change" => Some(Self::Change),
            "pause" => Some(Self::Pause),
            "control" => Some(Self::Control),
            _ => {
                let of = path.strip_prefix("events/").and_then(|rest| rest.split_once('/'));
                of.and_then(|(id, form)| {
                    let id = id.parse().ok()?;
                    match form {
                        "reveal" => Some(Self::Reveal(id)),
                        "compare" => Some(Self::Compare(id)),
                        _ => None,
                    }
                })
            }
        };
        let found = match *method {
            Method::GET | Method::HEAD => get,
            Method::POST => post,
            _ => None,
        };
        let exists = get.or(post).is_some();
        found.ok_or_else(|| {
            if exists { Problem::method() } else { Problem::not_found("There is no such page.") }
        })
    }
}

/// Returns the way from a page back to the overview: pages link to each other by it, so that they work under any path, and
/// behind proxies that change it.
pub(crate) fn root(path: &str) -> String {
    let depth = path.strip_prefix('/').unwrap_or(path).matches('/').count();
    if depth == 0 { "./".to_owned() } else { "../".repeat(depth) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_method() {
        let find =
            |method: &Method, path| Route::find(method, path).map_err(|problem| problem.status.as_u16());
        assert_eq!(find(&Method::GET, "/"), Ok(Route::Overview));
        assert_eq!(find(&Method::HEAD, "/events/7"), Ok(Route::Event(EventId::new(7))));
        assert_eq!(find(&Method::POST, "/events/7/reveal"), Ok(Route::Reveal(EventId::new(7))));
        assert_eq!(find(&Method::GET, "/events/7/compare"), Ok(Route::Choose(EventId::new(7))));
        assert_eq!(find(&Method::POST, "/events/7/compare"), Ok(Route::Compare(EventId::new(7))));
        assert_eq!(find(&Method::GET, "/change"), Ok(Route::Confirm));
        assert_eq!(find(&Method::POST, "/change"), Ok(Route::Change));
        for (method, path) in
            [(Method::POST, "/"), (Method::GET, "/events/7/reveal"), (Method::PUT, "/change")]
        {
            assert_eq!(find(&method, path), Err(405), "{method} {path}");
        }
        for path in ["/events/x", "/events/", "/other", "/events/7/reveal/x", "/events/7/other", "//"] {
            assert_eq!(find(&Method::GET, path), Err(404), "{path}");
        }
    }

    #[test]
    fn pages_find_the_way_back() {
        let ways = ["/", "/events", "/events/7", "/events/7/reveal"].map(root);
        assert_eq!(ways, ["./", "./", "../", "../../"]);
    }
}
