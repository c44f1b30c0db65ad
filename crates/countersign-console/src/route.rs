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
    /// The next part of a confirmed change, which the page loads by itself.
    GoOn,
    /// The next part, which an operator has asked for.
    GoOnByForm,
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

/// The address of a page or of a form, by its method and its path.
struct Entry {
    method: &'static str,
    path: &'static str,
    route: Target,
}

/// The page or the action of a path.
enum Target {
    One(Route),
    /// An address of an event: its id is a segment of the path.
    OfEvent(fn(EventId) -> Route),
}

impl Route {
    /// Finds the address that a method and a path name.
    pub(crate) fn find(method: &Method, path: &str) -> Result<Self, Problem> {
        let found: Vec<_> =
            ENTRIES.iter().filter_map(|entry| Some((entry.method, entry.find(path)?))).collect();
        let wanted = if *method == Method::HEAD { "GET" } else { method.as_str() };
        match found.iter().find(|(method, _)| *method == wanted) {
            // It changes events, and `HEAD` may change nothing.
            Some((_, Self::GoOn)) if *method == Method::HEAD => Err(Problem::method()),
            Some((_, route)) => Ok(*route),
            None if found.is_empty() => Err(Problem::not_found("There is no such page.")),
            None => Err(Problem::method()),
        }
    }
}

impl Entry {
    const fn get(path: &'static str, route: Route) -> Self {
        Self { method: "GET", path, route: Target::One(route) }
    }

    const fn post(path: &'static str, route: Route) -> Self {
        Self { method: "POST", path, route: Target::One(route) }
    }

    const fn of_event(method: &'static str, path: &'static str, route: fn(EventId) -> Route) -> Self {
        Self { method, path, route: Target::OfEvent(route) }
    }

    /// Returns the route, if the path is that of the entry.
    fn find(&self, path: &str) -> Option<Route> {
        let path = path.strip_prefix('/').unwrap_or(path);
        match self.route {
            Target::One(route) => (path == self.path).then_some(route),
            Target::OfEvent(route) => {
                let (before, after) = self.path.split_once(ID)?;
                let id = path.strip_prefix(before)?.strip_suffix(after)?;
                id.parse().ok().map(route)
            }
        }
    }
}

/// Returns the methods and the paths of all pages and forms, below the path of the mount.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.method, entry.path))
}

/// Returns the way from a page back to the overview: pages link to each other by it, so that they work under any path, and
/// behind proxies that change it.
pub(crate) fn root(path: &str) -> String {
    let depth = path.strip_prefix('/').unwrap_or(path).matches('/').count();
    if depth == 0 { "./".to_owned() } else { "../".repeat(depth) }
}

static ENTRIES: [Entry; 25] = [
    Entry::get("", Route::Overview),
    Entry::get("subscriptions", Route::Subscriptions),
    Entry::get("controls", Route::Controls),
    Entry::get("control", Route::ConfirmControl),
    Entry::post("control", Route::Control),
    Entry::get("pause", Route::ConfirmPause),
    Entry::post("pause", Route::Pause),
    Entry::get("events", Route::Events),
    Entry::get("dead", Route::DeadLetters),
    Entry::of_event("GET", "events/{id}", Route::Event),
    Entry::of_event("POST", "events/{id}/reveal", Route::Reveal),
    Entry::of_event("GET", "events/{id}/compare", Route::Choose),
    Entry::of_event("POST", "events/{id}/compare", Route::Compare),
    Entry::get("errors", Route::Errors),
    Entry::get("attempts", Route::Attempts),
    Entry::get("change", Route::Confirm),
    Entry::post("change", Route::Change),
    Entry::get("changed", Route::Changed),
    Entry::get("changed/next", Route::GoOn),
    Entry::post("changed/next", Route::GoOnByForm),
    Entry::get("rejections", Route::Rejections),
    Entry::get("audit", Route::Audit),
    Entry::get("providers", Route::Providers),
    Entry::get("style.css", Route::Style),
    Entry::get("icon.svg", Route::Icon),
];
const ID: &str = "{id}";

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
        assert_eq!(find(&Method::GET, "/changed/next"), Ok(Route::GoOn));
        assert_eq!(find(&Method::POST, "/changed/next"), Ok(Route::GoOnByForm));
        assert_eq!(find(&Method::HEAD, "/changed/next"), Err(405), "it changes events");
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
