//! The router for axum.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request};
use axum::response::Response;

use crate::console::Console;

impl Console {
    /// Returns a router: mount it with `nest_service`, at any path. With it the path of the mount and the one with a slash
    /// both lead to the overview; `nest` matches the former only.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let console = self.clone();
        Router::new().fallback(move |original: OriginalUri, request: Request| {
            let console = console.clone();
            async move { serve(&console, original, request).await }
        })
    }
}

async fn serve(console: &Console, OriginalUri(original): OriginalUri, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    // axum shows the mount itself as `/`.
    let path = if head.uri.path() == "/" && !original.path().ends_with('/') { "" } else { head.uri.path() };
    let path = path.to_owned();
    head.uri = original;
    let body = async { to_bytes(body, Console::MAX_FORM_BYTES).await.ok() };
    console.respond(&path, &head, body).await.map(Body::from)
}
