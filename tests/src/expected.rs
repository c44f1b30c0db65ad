/// What has to come back.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// The reply of the handler, and in it what it was given.
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
    /// A problem document that names the kind and nothing else.
    Rejected {
        /// The status.
        status: u16,
        /// The kind.
        kind: &'static str,
        /// A header besides the content type.
        header: Option<(&'static str, &'static str)>,
    },
    /// An answer of the user's own.
    Own {
        /// The status.
        status: u16,
        /// The only header.
        header: (&'static str, &'static str),
        /// The body.
        body: &'static str,
    },
    /// An answer of the router, in its own words.
    Routed(u16),
}

impl Expected {
    /// The same, with another key that matched.
    ///
    /// # Panics
    ///
    /// Where nothing matches.
    #[must_use]
    pub fn under(self, key: &'static str) -> Self {
        match self {
            Self::Handled { id, event_type, variant, .. } => Self::Handled { id, event_type, variant, key },
            other => panic!("no key in {other:?}"),
        }
    }

    /// A rejection.
    #[must_use]
    pub const fn rejected(status: u16, kind: &'static str) -> Self {
        Self::Rejected { status, kind, header: None }
    }

    /// A rejection that says when to come back.
    #[must_use]
    pub const fn later(kind: &'static str) -> Self {
        Self::Rejected { status: 503, kind, header: Some(("retry-after", "5")) }
    }

    /// A rejection that closes the connection.
    #[must_use]
    pub const fn closed(status: u16, kind: &'static str) -> Self {
        Self::Rejected { status, kind, header: Some(("connection", "close")) }
    }
}
