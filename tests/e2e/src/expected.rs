/// The expected response.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// The reply of the handler, with its inputs.
    Handled {
        /// The id of the delivery.
        id: Option<&'static str>,
        /// The type of the event.
        event_type: Option<&'static str>,
        /// The variant of the type.
        variant: Option<&'static str>,
        /// The name of the key that matched.
        key: &'static str,
    },
    /// A problem document that names only the kind.
    Rejected {
        /// The status.
        status: u16,
        /// The kind.
        kind: &'static str,
        /// A header besides the content type.
        header: Option<(&'static str, &'static str)>,
    },
    /// A custom response of the user.
    Own {
        /// The status.
        status: u16,
        /// The only header.
        header: (&'static str, &'static str),
        /// The body.
        body: &'static str,
    },
    /// A response of the router, in its own form.
    Routed(u16),
}

impl Expected {
    /// Changes the key that matched.
    ///
    /// # Panics
    ///
    /// If no key matches.
    #[must_use]
    pub fn under(self, key: &'static str) -> Self {
        match self {
            Self::Handled { id, event_type, variant, .. } => Self::Handled { id, event_type, variant, key },
            other => panic!("no key in {other:?}"),
        }
    }

    /// Creates a rejection.
    #[must_use]
    pub const fn rejected(status: u16, kind: &'static str) -> Self {
        Self::Rejected { status, kind, header: None }
    }

    /// Creates a rejection with `Retry-After`.
    #[must_use]
    pub const fn later(kind: &'static str) -> Self {
        Self::Rejected { status: 503, kind, header: Some(("retry-after", "5")) }
    }

    /// Creates a rejection that closes the connection.
    #[must_use]
    pub const fn closed(status: u16, kind: &'static str) -> Self {
        Self::Rejected { status, kind, header: Some(("connection", "close")) }
    }
}
