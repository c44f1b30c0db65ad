//! Explains why a request does not verify, from the parts of it that are kept.

use countersign_diagnose::{advice, compare_headers};
use countersign_inbox::{Detail, EventState, RejectionSample};

use super::request::declared;
use crate::text;

/// The check that failed, and the cure.
pub(super) struct Explained {
    pub(super) failed: String,
    pub(super) cure: String,
    pub(super) command: String,
    /// The headers that the declaration reads, and whether the request had them.
    pub(super) headers: Vec<String>,
}

impl Explained {
    /// Explains a sample of an endpoint of this provider. `None` for a kind of a later version.
    pub(super) fn of_sample(sample: &RejectionSample, slug: Option<&str>) -> Option<Self> {
        let lines = sample.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        Self::new(&sample.kind, slug, &lines.map(|(name, _)| name).collect::<Vec<_>>())
    }

    /// Explains why a stored event waits as unverified. Its error begins with the kind, and ends with the cure: see the worker.
    pub(super) fn of_event(detail: &Detail) -> Option<Self> {
        let of = &detail.summary;
        let error = of.error.as_deref().filter(|_| of.state == EventState::Unverified)?;
        let (_, kind) = error.split_once('(')?;
        let kind = kind.split([':', ')']).next()?;
        let names = detail.head.iter().flat_map(|head| head.headers.keys().map(http::HeaderName::as_str));
        let explained = Self::new(kind, Some(&of.provider), &names.collect::<Vec<_>>())?;
        let cure = error.rsplit_once("): ").map(|(_, cure)| text::cut(cure, 1000));
        Some(Self { cure: cure.unwrap_or_else(|| explained.cure.clone()), ..explained })
    }

    fn new(kind: &str, slug: Option<&str>, names: &[&str]) -> Option<Self> {
        let advice = advice(kind)?;
        let provider = slug.and_then(declared);
        let command =
            slug.map_or_else(|| advice.command.to_owned(), |slug| advice.command.replace("SLUG", slug));
        Some(Self {
            failed: advice.failed.to_owned(),
            cure: advice.cure.to_owned(),
            command: text::shown(&command),
            headers: provider.map(|provider| compare_headers(provider, names)).unwrap_or_default(),
        })
    }
}
