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
    let token = value(&page, "token").unwrap();
    let replay = format!("token={token}&{}", replay(console).await);
    let change = Target { path: "/change".to_owned(), form: Some(replay) };
    vec![
        Target { path: format!("/events/{dead}/reveal"), form: Some(format!("token={token}")) },
        Target { path: format!("/events/{dead}/compare"), form: Some(format!("token={token}&with={other}")) },
        Target::page(format!("/{}", change.visit(console).await.trim_start_matches('/'))),
    ]
}

/// Begins a change in parts: a replay of all dead letters of an endpoint. Returns its result.
pub(crate) async fn begin(console: &Console) -> Target {
    let fields = "action=replay&source=source+3";
    let page = Target::page(format!("/change?{fields}")).visit(console).await;
    let [token, of] = ["token", "of"].map(|name| value(&page, name).unwrap().replace(' ', "+"));
    let change = Target {
        path: "/change".to_owned(),
        form: Some(format!("token={token}&{fields}&limit=all&of={of}")),
    };
    Target::page(format!("/{}", change.visit(console).await))
}

/// Returns the address that makes the next parts, which the result of a change in parts loads by itself. `None` at its end.
pub(crate) fn next(result: &str) -> Option<Target> {
    let address = result.split("; url=./").nth(1)?.split('"').next()?;
    Some(Target::page(format!("/{}", address.replace("&#38;", "&"))))
}

/// Returns the fields that replay 50 dead letters of an endpoint and a type. If the confirmation has looked at as many events as it may
/// before it found one, the next confirmation goes on behind them, as its link does.
async fn replay(console: &Console) -> String {
    let mut fields = "action=replay&source=source+2&type=type+2".to_owned();
    loop {
        let confirmation = Target::page(format!("/change?{fields}")).visit(console).await;
        if let Some(of) = value(&confirmation, "of") {
            let of: Vec<_> = of.split(' ').take(50).collect();
            return format!("{fields}&limit=50&of={}", of.join("+"));
        }
        let link = confirmation.split("change?").nth(1).and_then(|rest| rest.split('"').next());
        fields = link.unwrap().replace("&#38;", "&");
    }
}

/// Returns the value of a hidden field.
fn value(page: &str, name: &str) -> Option<String> {
    let start = format!("name=\"{name}\" value=\"");
    Some(page.split(&start).nth(1)?.split('"').next()?.to_owned())
}
