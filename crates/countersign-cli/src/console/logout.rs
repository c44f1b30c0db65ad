//! The end of a session.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};

use super::session::Session;

/// Ends the session of the browser that has its cookie: other sites send none, because it is `SameSite=Strict`.
pub(super) async fn log_out(State(session): State<Session>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let Some(expired) = session.end(&head) else {
        return (StatusCode::FORBIDDEN, "There is no session to end.\n").into_response();
    };
    let text = "Logged out. The address that the command has printed begins a new session.\n";
    ([(SET_COOKIE, expired)], text).into_response()
}

/// Below the path of the page.
pub(super) const PATH: &str = "logout";
