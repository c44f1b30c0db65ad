//! The page of a request that cannot be answered otherwise.

use askama::Template;
use bytes::Bytes;
use http::Response;

use crate::problem::Problem;
use crate::visit::{Frame, Visit, page};

/// Shows the reason.
pub(crate) fn problem(visit: &Visit<'_>, problem: Problem) -> Response<Bytes> {
    let Problem { status, title, text } = problem;
    page(status, &Page { frame: visit.frame("none", title), text })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    frame: Frame,
    text: String,
}
