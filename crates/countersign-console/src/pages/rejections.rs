//! Requests that endpoints rejected.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Rejections, Window};
use http::{Response, StatusCode};

use super::explained::Explained;
use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Counts rejected requests by their reason, and shows the latest ones.
pub(crate) async fn rejections(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let source = visit.fields.untrimmed("source");
    let window = visit.window(Window::Day)?;
    let Rejections { since, counts, mut samples } = visit.store.rejections(source, window).await?;
    // Stable, so that those of one time stay in the order of the store.
    samples.sort_by_key(|of| Reverse(of.at));
    let hidden = samples.len().saturating_sub(SAMPLES);
    samples.truncate(SAMPLES);
    let source = source.unwrap_or_default().to_owned();
    let of_window =
        |name: Window| (name.as_str(), query([("source", source.clone()), ("window", name.to_string())]));
    let slugs: BTreeMap<_, _> = counts.iter().map(|of| (of.source.clone(), of.provider.clone())).collect();
    let template = Page {
        frame: visit.frame("rejections", "Rejections"),
        window: window.as_str(),
        windows: Window::ALL.map(of_window),
        since: text::second(since),
        rows: counts
            .into_iter()
            .map(|of| Row {
                count: of.count,
                last: text::second(of.last_at),
                source: text::cut(&of.source, 64),
                provider: text::cut(&of.provider, 64),
                kind: text::cut(&of.kind, 64),
            })
            .collect(),
        samples: samples
            .into_iter()
            .map(|of| Sample {
                at: text::second(of.at),
                source: text::cut(&of.source, 64),
                kind: text::cut(&of.sample.kind, 64),
                cause: text::shown(&of.sample.cause),
                head: text::block(&of.sample.head),
                explained: Explained::of_sample(&of.sample, slugs.get(&of.source).map(String::as_str)),
            })
            .collect(),
        hidden,
        source,
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "rejections.html")]
struct Page {
    frame: Frame,
    source: String,
    window: &'static str,
    windows: [(&'static str, String); 3],
    since: String,
    rows: Vec<Row>,
    samples: Vec<Sample>,
    /// The number of older samples, which are not shown.
    hidden: usize,
}

struct Row {
    count: u64,
    last: String,
    source: String,
    provider: String,
    kind: String,
}

struct Sample {
    at: String,
    source: String,
    kind: String,
    cause: String,
    head: String,
    explained: Option<Explained>,
}

/// The number of samples on a page. The store has 20 of each endpoint.
const SAMPLES: usize = 200;
