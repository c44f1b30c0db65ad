//! The reasons for which a request has no page.

use std::error::Error;

use countersign_inbox::StoreError;
use http::StatusCode;

use crate::policy::Role;
use crate::text;

/// The reason, as the operator sees it, and the status.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn not_found(text: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, title: "Not found", text: text.into() }
    }

    pub(crate) fn method() -> Self {
        let text = "This address has no such method: open the page, and use its buttons.".to_owned();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, title: "Not here", text }
    }

    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, title: "This cannot work", text: text.into() }
    }

    /// A field with another form than expected.
    pub(crate) fn field(name: &str, value: &str, form: &str) -> Self {
        Self::invalid(format!("{name}: `{}` is not {form}.", text::cut(value, 100)))
    }

    pub(crate) fn too_large() -> Self {
        let text = "The form is too large: choose fewer events.".to_owned();
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, title: "Too large", text }
    }

    pub(crate) fn needs(role: Role) -> Self {
        let text = format!("Your role does not allow this. It needs the role: {role}.");
        Self { status: StatusCode::FORBIDDEN, title: "Not allowed", text }
    }

    pub(crate) fn read_only() -> Self {
        let text = "This page is read-only: use another one, or the command.".to_owned();
        Self { status: StatusCode::FORBIDDEN, title: "Read-only", text }
    }

    pub(crate) fn stale_form() -> Self {
        let text = "The form was not from this page, or it is too old: go back, load it again, and confirm. \
                    Nothing was changed."
            .to_owned();
        Self { status: StatusCode::FORBIDDEN, title: "Not confirmed", text }
    }
}

impl From<StoreError> for Problem {
    /// The log has the cause: it may name servers.
    fn from(error: StoreError) -> Self {
        let (mut causes, mut source) = (error.to_string(), error.source());
        while let Some(cause) = source {
            causes = format!("{causes}: {cause}");
            source = cause.source();
        }
        tracing::warn!(error = %causes, "the store did not answer the operations page");
        let text = "The store did not answer. The log of this process has the cause.".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "No answer", text }
    }
}
