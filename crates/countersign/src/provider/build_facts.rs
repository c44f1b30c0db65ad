//! Setters for the facts that no signature depends on.

use std::borrow::Cow;
use std::mem::{forget, replace};

use super::{BodyLimit, Proof, Provider, Retries};
use crate::scheme::text;

impl Provider {
    /// Sets the month in which the facts were last compared with their source, for example `2026-11`.
    #[must_use]
    pub const fn with_checked(mut self, month: &'static str) -> Self {
        forget(replace(&mut self.checked, text(month)));
        self
    }

    /// Sets the strongest proof of the scheme. [`with_source`](Self::with_source) sets that of the source.
    #[must_use]
    pub const fn with_proof(mut self, proof: Proof) -> Self {
        self.proof = Some(proof);
        self
    }

    /// Declares that deliveries have no id, and names the source of that fact.
    #[must_use]
    pub const fn without_id(mut self, source: &'static str) -> Self {
        forget(self.event.id.take());
        self.event.id_is_per_type = false;
        forget(self.event.no_id.replace(text(source)));
        self
    }

    /// Declares that deliveries have no type, and names the source of that fact.
    #[must_use]
    pub const fn without_event_type(mut self, source: &'static str) -> Self {
        forget(self.event.event_type.take());
        forget(self.event.no_type.replace(text(source)));
        self
    }

    /// Sets the source of the places of id and type.
    #[must_use]
    pub const fn with_event_source(mut self, source: &'static str) -> Self {
        forget(replace(&mut self.sources.event, text(source)));
        self
    }

    /// Sets the delays in seconds before each retry, and with them the number of attempts and the window.
    #[must_use]
    pub const fn with_retry_delays(mut self, delays: &'static [u64]) -> Self {
        let ack_secs = match self.retries {
            Some(retries) => retries.ack_secs,
            None => None,
        };
        self.retries = Some(Retries { ack_secs, ..Retries::after(delays) });
        forget(replace(&mut self.retry_delays_secs, Cow::Borrowed(delays)));
        self
    }

    /// Sets the source of the retries.
    #[must_use]
    pub const fn with_retry_source(mut self, source: &'static str) -> Self {
        forget(replace(&mut self.sources.retries, text(source)));
        self
    }

    /// Sets the size of the largest body that the provider documents, and its source. If it exceeds the accepted
    /// size, that limit is raised to it.
    #[must_use]
    pub const fn with_body_limit(mut self, bytes: usize, source: &'static str) -> Self {
        self.body_limit = Some(BodyLimit::Bytes(bytes));
        if self.scheme.limits.body_bytes < bytes {
            self.scheme.limits.body_bytes = bytes;
        }
        forget(replace(&mut self.sources.body_limit, text(source)));
        self
    }

    /// Declares that the pages which describe the deliveries name no limit on bodies, and names those pages. The
    /// accepted size stays as it is.
    #[must_use]
    pub const fn without_body_limit(mut self, source: &'static str) -> Self {
        self.body_limit = Some(BodyLimit::None);
        forget(replace(&mut self.sources.body_limit, text(source)));
        self
    }
}
