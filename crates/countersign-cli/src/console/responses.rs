//! Responses that are not pages: the end of a session, unknown addresses and names.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
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

/// Adds the headers that confine a response, unless it has them: the pages have their own.
pub(super) async fn confine(mut response: Response) -> Response {
    for (name, value) in CONFINED {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Below the path of the page.
pub(super) const LOGOUT: &str = "logout";

const CONFINED: [(HeaderName, &str); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];
