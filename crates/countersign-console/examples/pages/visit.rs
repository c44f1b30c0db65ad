//! Requests to pages, as a framework makes them.

use countersign_console::Console;
use http::{Request, StatusCode};

/// A page, or a form that is sent.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The address.
    pub(crate) path: String,
    /// The fields of the form.
    pub(crate) form: Option<String>,
}

impl Target {
    /// Creates a page.
    pub(crate) fn page(path: impl Into<String>) -> Self {
        Self { path: path.into(), form: None }
    }

    /// Asks for it. Returns the text of a page, or the address to which a form leads.
    pub(crate) async fn visit(&self, console: &Console) -> String {
        let Self { path, form } = self;
        let request = if form.is_some() { Request::post(path) } else { Request::get(path) };
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let head = request.body(()).unwrap().into_parts().0;
        let body = form.clone().map(|form| form.into_bytes().into());
        let route = path.split('?').next().unwrap_or_default();
        let response = console.respond(route, &head, async move { body }).await;
        let text = String::from_utf8_lossy(response.body()).into_owned();
        if response.status() == StatusCode::SEE_OTHER {
            return response.headers()["location"].to_str().unwrap().to_owned();
        }
        assert_eq!(response.status(), StatusCode::OK, "{self:?}: {text}");
        text
    }
}

/// Returns the forms that reveal and compare events, and the result of a replay of 50 dead letters.
pub(crate) async fn forms(console: &Console, size: i64) -> Vec<Target> {
    let (dead, other) = (size - 1 - (size - 3) % 3, size - 4 - (size - 3) % 3);
    let page = Target::page(format!("/events/{dead}/compare")).visit(console).await;
    let token = value(&page, "token");
    let confirm = Target::page("/change?action=replay&source=source+2&type=type+2").visit(console).await;
    let of: Vec<_> = value(&confirm, "of").split(' ').take(50).map(str::to_owned).collect();
    let replay =
        format!("token={token}&action=replay&source=source+2&type=type+2&limit=50&of={}", of.join("+"));
    let change = Target { path: "/change".to_owned(), form: Some(replay) };
    vec![
        Target { path: format!("/events/{dead}/reveal"), form: Some(format!("token={token}")) },
        Target { path: format!("/events/{dead}/compare"), form: Some(format!("token={token}&with={other}")) },
        Target::page(format!("/{}", change.visit(console).await.trim_start_matches('/'))),
    ]
}

/// Returns the value of a hidden field.
fn value(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}
