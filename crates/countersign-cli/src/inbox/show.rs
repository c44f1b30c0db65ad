//! `countersign inbox show`

#[cfg(test)]
mod tests;

use std::fmt;

use countersign::{UnixTime, providers};
use countersign_inbox::{
    Attempt, AttemptOutcome, AuditEntry, Detail, EventId, FailureKind, OpsStore, Page, Reveal, StoredHead,
};
use serde::Serialize;

use super::actor::actor;
use super::cli::ShowArgs;
use super::view::{self, AdviceView, AuditView, BodyView, EventView, FieldsView, HeadView, Shown};
use crate::Outcome;
use crate::error::CliError;
use crate::output::{self, Cell, DIM, STRONG, Table, exact, instant, printable, stderr};

pub(super) async fn run(store: &dyn OpsStore, args: &ShowArgs) -> Result<Outcome, CliError> {
    let Some(shown_event) = look(store, args).await? else {
        stderr!("there is no event {}", args.id);
        return Ok(Outcome::Negative);
    };
    if args.json {
        output::json(&shown_event)?;
    } else {
        output::text(&shown_event)?;
    }
    Ok(Outcome::Fine)
}

/// All data of an event: unchanged for machines, and for people with attempts and audit log in one timeline.
#[derive(Serialize)]
struct EventDetails {
    event: EventView,
    ordering_key: Option<String>,
    /// The event with the same ordering key that is handled before.
    waits_for: Option<EventId>,
    fence: u64,
    worker: Option<String>,
    request: Option<HeadView>,
    body: Option<BodyView>,
    /// The fields that the declaration names.
    fields: FieldsView,
    /// The reason for which it waits as unverified.
    explained: Option<AdviceView>,
    /// The newest ones.
    attempts: Vec<AttemptView>,
    /// The number of attempts before these.
    earlier_attempts: u64,
    audit: Vec<AuditView>,
    /// Changes of several events whose filter fits this one.
    bulk: Vec<AuditView>,
    /// The time before which changes by operators are not searched, if there may be some.
    #[serde(skip)]
    unsearched_before: Option<UnixTime>,
    #[serde(skip)]
    detail: Detail,
    #[serde(skip)]
    log: Vec<AuditEntry>,
    #[serde(skip)]
    bulk_log: Vec<AuditEntry>,
}

#[derive(Serialize)]
struct AttemptView {
    attempt: u32,
    fence: u64,
    started_at: Option<String>,
    ended_at: String,
    duration_ms: Option<u128>,
    outcome: AttemptOutcome,
    failure: Option<FailureKind>,
    code: Option<u16>,
    error: Option<String>,
    worker: Option<String>,
    replayed_by: Option<String>,
}

async fn look(store: &dyn OpsStore, args: &ShowArgs) -> Result<Option<EventDetails>, CliError> {
    let cannot = || CliError::store(format!("cannot show event {}", args.id));
    let Some(mut detail) = store.show(args.id).await.map_err(cannot())? else { return Ok(None) };
    if let Some(reveal) = reveal(args, &detail)? {
        let Some(revealed) = store.reveal(&reveal).await.map_err(cannot())? else { return Ok(None) };
        detail = revealed;
    }
    let log = store.audit(Some(args.id), Page::first(ENTRIES)).await.map_err(cannot())?;
    let everything = store.audit(None, Page::first(LATEST)).await.map_err(cannot())?;
    let unsearched = [(&log, ENTRIES), (&everything, LATEST)]
        .into_iter()
        .filter_map(|(entries, limit)| detail.unsearched_before(entries, limit));
    let unsearched_before = unsearched.max();
    let bulk_log = view::bulk_changes(everything, &detail.summary);
    let shown = match (args.headers, args.reveal) {
        (_, true) => Shown::Everything,
        (true, false) => Shown::Values,
        (false, false) => Shown::Names,
    };
    Ok(Some(EventDetails {
        event: EventView::new(&detail.summary),
        ordering_key: detail.ordering_key.clone(),
        waits_for: detail.waits_for,
        fence: detail.fence,
        worker: detail.worker.clone(),
        request: detail.head.as_ref().map(|head| HeadView::new(head, &detail.summary.provider, shown)),
        body: detail.body.as_ref().map(|body| BodyView::new(body, args.body)),
        fields: FieldsView::new(&detail, shown, args.body),
        explained: AdviceView::of_event(&detail),
        attempts: detail.attempts.iter().map(AttemptView::new).collect(),
        earlier_attempts: detail.earlier_attempts,
        audit: log.iter().map(AuditView::new).collect(),
        bulk: bulk_log.iter().map(AuditView::new).collect(),
        unsearched_before,
        detail,
        log,
        bulk_log,
    }))
}

/// Returns the entry of the audit log for values of headers or a body that are asked for. A body that may contain credentials is
/// shown with them.
fn reveal(args: &ShowArgs, detail: &Detail) -> Result<Option<Reveal>, CliError> {
    if !args.headers && !args.body {
        return Ok(None);
    }
    let mut reveal = Reveal::new(args.id, actor(args.actor.as_deref())?);
    let is_confidential = || {
        let slug = &detail.summary.provider;
        StoredHead::is_body_confidential(providers::all().find(|provider| provider.slug == *slug))
    };
    reveal.credentials = args.reveal || args.body && is_confidential();
    reveal.reason.clone_from(&args.reason);
    Ok(Some(reveal))
}

impl AttemptView {
    fn new(attempt: &Attempt) -> Self {
        let duration = attempt.duration();
        let Attempt {
            attempt,
            fence,
            started_at,
            ended_at,
            outcome,
            failure,
            code,
            error,
            worker,
            replayed_by,
        } = attempt.clone();
        Self {
            attempt,
            fence,
            started_at: started_at.map(exact),
            ended_at: exact(ended_at),
            duration_ms: duration.map(|duration| duration.as_millis()),
            outcome,
            failure,
            code,
            error,
            worker,
            replayed_by,
        }
    }
}

impl fmt::Display for EventDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = &self.detail.summary;
        writeln!(f, "{STRONG}event {}{STRONG:#}", event.id)?;
        let mut facts = Table::list();
        let mut fact = |label, value: Cell| facts.push([Cell::new(label).in_style(DIM), value]);
        let text = |text: &str| Cell::new(printable(text));
        fact("state", view::state(event.state));
        fact("source", text(&event.source));
        fact("provider", text(&event.provider));
        let optional = [
            ("tenant", event.tenant.as_deref()),
            ("type", event.event_type.as_deref()),
            ("id", event.external_id.as_deref()),
            ("order", self.ordering_key.as_deref()),
            ("error", event.error.as_deref()),
            ("worker", self.worker.as_deref()),
        ];
        for (label, value) in optional {
            value.into_iter().for_each(|value| fact(label, text(value)));
        }
        event.code.into_iter().for_each(|code| fact("code", Cell::new(code.to_string())));
        fact("attempt", Cell::new(event.attempt.to_string()));
        fact("replays", Cell::new(event.replays.to_string()));
        self.waits_for.into_iter().for_each(|id| fact("waits for", Cell::new(format!("event {id}"))));
        fact("fence", Cell::new(self.fence.to_string()));
        let at = |at: UnixTime| Cell::new(instant(at));
        fact("received", at(event.received_at));
        fact("stored", at(event.stored_at));
        event.due_at.into_iter().for_each(|due| fact("due", at(due)));
        event.finished_at.into_iter().for_each(|finished| fact("finished", at(finished)));
        fact("body", self.body.as_ref().map_or_else(gone, |body| Cell::new(body.summary())));
        writeln!(f, "{facts}")?;
        if let Some(explained) = &self.explained {
            writeln!(f, "why it is unverified\n{explained}")?;
        }
        match &self.request {
            Some(request) => writeln!(f, "{request}")?,
            None => writeln!(f, "{DIM}the request is no longer kept{DIM:#}\n")?,
        }
        write!(f, "{}", self.fields)?;
        write!(f, "{}", view::timeline(&self.detail, &self.log, &self.bulk_log))?;
        if self.earlier_attempts > 0 {
            writeln!(
                f,
                "{DIM}the newest attempts are shown; {} earlier ones are not{DIM:#}",
                self.earlier_attempts
            )?;
        }
        if let Some(before) = self.unsearched_before {
            writeln!(
                f,
                "{DIM}changes by operators before {} are not searched: see `countersign inbox audit`{DIM:#}",
                instant(before)
            )?;
        }
        self.body.iter().try_for_each(|body| write!(f, "{body}"))
    }
}

fn gone() -> Cell {
    Cell::new("no longer kept").in_style(DIM)
}

/// The largest number of displayed audit entries of an event.
const ENTRIES: usize = 100;
/// The number of entries of the whole log that are searched for changes of many events.
const LATEST: usize = 1000;
