//! `countersign inbox rejections`

use std::collections::BTreeMap;
use std::fmt;

use countersign::UnixTime;
use countersign_inbox::{OpsStore, RejectionSample, Rejections};
use serde::Serialize;

use super::cli::RejectionsArgs;
use super::view::AdviceView;
use crate::Outcome;
use crate::error::CliError;
use crate::output::{self, Cell, STRONG, Table, exact, instant, printable};

pub(super) async fn run(store: &dyn OpsStore, args: &RejectionsArgs) -> Result<Outcome, CliError> {
    let report = look(store, args).await?;
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report)?;
    }
    Ok(Outcome::Fine)
}

#[derive(Serialize)]
struct Report {
    since: String,
    rejections: Vec<Count>,
    samples: Vec<Sample>,
    #[serde(skip)]
    starts: UnixTime,
}

#[derive(Serialize)]
struct Count {
    source: String,
    provider: String,
    kind: String,
    count: u64,
    last_at: String,
}

#[derive(Serialize)]
struct Sample {
    source: String,
    at: String,
    kind: String,
    cause: String,
    head: String,
    /// `None` unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<Option<AdviceView>>,
}

async fn look(store: &dyn OpsStore, args: &RejectionsArgs) -> Result<Report, CliError> {
    let read = store.rejections(args.source.as_deref(), args.window).await;
    let Rejections { since, counts, samples } = read.map_err(CliError::store("cannot read rejections"))?;
    let slugs: BTreeMap<_, _> = counts.iter().map(|of| (of.source.clone(), of.provider.clone())).collect();
    let explain = |source: &str, sample: &RejectionSample| {
        args.explain.then(|| AdviceView::of_sample(sample, slugs.get(source).map(String::as_str)))
    };
    let counts = counts.into_iter().map(|of| Count {
        source: of.source,
        provider: of.provider,
        kind: of.kind,
        count: of.count,
        last_at: second(of.last_at),
    });
    let samples = samples.into_iter().map(|of| Sample {
        explained: explain(&of.source, &of.sample),
        source: of.source,
        at: second(of.at),
        kind: of.sample.kind,
        cause: of.sample.cause,
        head: of.sample.head,
    });
    Ok(Report {
        since: exact(since),
        rejections: counts.collect(),
        samples: samples.collect(),
        starts: since,
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rejections.is_empty() {
            writeln!(f, "no rejected requests since {}", instant(self.starts))?;
        } else {
            writeln!(f, "since {}\n", instant(self.starts))?;
            let mut table = Table::new(["COUNT", "LAST", "ENDPOINT", "PROVIDER", "KIND"]);
            for of in &self.rejections {
                table.push([
                    Cell::new(of.count.to_string()),
                    Cell::new(of.last_at.clone()),
                    Cell::new(printable(&of.source)),
                    Cell::new(printable(&of.provider)),
                    Cell::new(printable(&of.kind)),
                ]);
            }
            write!(f, "{table}")?;
        }
        for of in &self.samples {
            let title = format!("{} {} {}", of.at, printable(&of.source), printable(&of.kind));
            write!(f, "\n{STRONG}{title}{STRONG:#}")?;
            if !of.cause.is_empty() {
                write!(f, ": {}", printable(&of.cause))?;
            }
            writeln!(f)?;
            for line in of.head.lines() {
                writeln!(f, "  {}", printable(line))?;
            }
            for explained in of.explained.iter().flatten() {
                write!(f, "{explained}")?;
            }
        }
        Ok(())
    }
}

/// Returns a time without fractions of a second, which the numbers are too coarse for.
fn second(at: UnixTime) -> String {
    exact(UnixTime::from_secs(at.as_secs()))
}

#[cfg(test)]
mod tests {
    use countersign_inbox::{InboxStore, Increment};
    use serde_json::json;

    use super::*;
    use crate::inbox::cli::InboxCommand;
    use crate::inbox::fixture::{Fixture, said, typed};

    async fn looked(fixture: &Fixture, words: &str) -> Report {
        let InboxCommand::Rejections(args) = typed(words) else { panic!("{words}") };
        look(&fixture.store, &args).await.unwrap()
    }

    #[tokio::test]
    async fn kinds_are_counted_and_requests_shown() {
        let fixture = Fixture::with(0).await;
        let nothing = said(&looked(&fixture, "rejections").await);
        assert_eq!(nothing, "no rejected requests since 2023-11-13T22:00:00Z\n");
        let mut increment = Increment::new("jobs");
        increment.rejections.counts.insert(("proxiant".to_owned(), "stale".to_owned()), 7);
        let head = "POST /hooks\nuser-agent: \x1b[2J".to_owned();
        increment.rejections.samples.push(RejectionSample::new("stale", "11 min old", head));
        fixture.store.add_statistics(&[increment]).await.unwrap();
        let at = "2023-11-14T22:13:20Z";
        let page = said(&looked(&fixture, "rejections --window 1h").await);
        let expected = format!(
            "since 2023-11-14T21:00:00Z\n\nCOUNT  LAST                  ENDPOINT  PROVIDER  KIND\n7      {at}  jobs      \
             proxiant  stale\n\n{at} jobs stale: 11 min old\n  POST /hooks\n  user-agent: \\u{{1b}}[2J\n"
        );
        assert_eq!(page, expected);
        let json = serde_json::to_value(looked(&fixture, "rejections --source jobs").await).unwrap();
        let count =
            json!({"source": "jobs", "provider": "proxiant", "kind": "stale", "count": 7, "last_at": at});
        assert_eq!(json.pointer("/rejections/0"), Some(&count));
        assert_eq!(json.pointer("/samples/0/cause"), Some(&json!("11 min old")));
        assert_eq!(json.pointer("/samples/0/explained"), None);
        let json = serde_json::to_value(looked(&fixture, "rejections --explain").await).unwrap();
        assert_eq!(json.pointer("/samples/0/explained"), Some(&json!(null)), "a kind of a later version");
        let json = serde_json::to_value(looked(&fixture, "rejections --source other").await).unwrap();
        assert_eq!(
            (json.pointer("/rejections"), json.pointer("/samples")),
            (Some(&json!([])), Some(&json!([])))
        );
    }

    #[tokio::test]
    async fn a_sample_is_explained_by_what_is_kept_of_it() {
        let fixture = Fixture::with(0).await;
        let mut increment = Increment::new("payments");
        increment.rejections.counts.insert(("stripe".to_owned(), "missing_signature".to_owned()), 1);
        let head = "POST /hooks\nsvix-signature: [9 bytes]".to_owned();
        increment.rejections.samples.push(RejectionSample::new("missing_signature", "", head));
        fixture.store.add_statistics(&[increment]).await.unwrap();
        let page = said(&looked(&fixture, "rejections --explain").await);
        for line in [
            "  failed: the signature is absent or empty\n",
            "  command: countersign identify --request captured.http\n",
            "  signature in header stripe-signature: missing\n",
            "  the request has the signature header of ",
        ] {
            assert!(page.contains(line), "{line}: {page}");
        }
        let json = serde_json::to_value(looked(&fixture, "rejections --explain").await).unwrap();
        let failed = json.pointer("/samples/0/explained/failed");
        assert_eq!(failed, Some(&json!("the signature is absent or empty")));
    }
}
