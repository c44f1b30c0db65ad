//! The options of each command on an inbox.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use countersign_inbox::{Change, EventId, Window};

use super::actor::ActorArgs;
#[cfg(feature = "sqlite")]
use super::backup::BackupArgs;
#[cfg(feature = "sqlite")]
use super::clock::AcceptClockArgs;
#[cfg(feature = "console")]
use super::compare::CompareArgs;
use super::control::{CloseCircuitArgs, ControlsArgs, LimitArgs, OpenCircuitArgs, UnlimitArgs};
use super::health::HealthArgs;
use super::pause::{PauseArgs, ResumeArgs};
#[cfg(feature = "sqlite")]
use super::restore::RestoreArgs;
use crate::args::{AlertArgs, FilterArgs, StoreArgs};

/// Describes the course of changes.
macro_rules! changed {
    () => {
        "Running events are never changed. On a terminal, changing more than one event asks for confirmation.\n\
         Exits with 1 if nothing was changed, or not everything that was named by its number.\n\n"
    };
}

/// Describes the output of changes for machines.
macro_rules! json {
    () => {
        "With --json: {\"action\", \"dry_run\", \"count\", \"ids\", \"unchanged\": [N, …], \"rest\": command or null,\n\
         \"canary\": null or {\"done\", \"dead\", \"unverified\", \"waiting\", \"events\": [E, …]}}, with E as in `list`."
    };
}

#[derive(Subcommand)]
#[command(after_help = "The server keeps running, except for `restore`, which needs it stopped.")]
pub(crate) enum InboxCommand {
    /// Count the events of each endpoint by their state, or what happened within a window of time
    Stats(StatsArgs),
    /// Show the health of each endpoint, refreshed: on the full screen of a terminal, elsewhere as lines of text
    Watch(WatchArgs),
    /// Show the health of each endpoint, and the reasons
    Health(HealthArgs),
    /// List events, the newest first
    List(ListArgs),
    /// Show the kinds of errors with their counts, the latest first
    Errors(ErrorsArgs),
    /// List the attempts of inline handlers, the newest first
    Attempts(AttemptsArgs),
    /// Count the requests that were rejected, by reason, and show the latest ones
    Rejections(RejectionsArgs),
    /// Show everything about an event
    Show(ShowArgs),
    /// Compare the bodies of two events, line by line
    #[cfg(feature = "console")]
    Compare(CompareArgs),
    /// Handle dead letters or finished events again
    Replay(ReplayArgs),
    /// Mark dead letters and waiting events as done without handling them
    Discard(ChangeArgs),
    /// Delete dead letters and finished events: their ids are forgotten, a duplicate is new again
    Purge(ChangeArgs),
    /// Stop handling the events of an endpoint; deliveries are still accepted
    Pause(PauseArgs),
    /// Handle the events of a paused endpoint again
    Resume(ResumeArgs),
    /// Limit the attempts that each process begins at the events of an endpoint
    Limit(LimitArgs),
    /// Remove the limit of an endpoint that `limit` has set
    Unlimit(UnlimitArgs),
    /// Open the circuits of an endpoint: no attempt begins until a trial
    OpenCircuit(OpenCircuitArgs),
    /// Close the circuits of an endpoint that are open
    CloseCircuit(CloseCircuitArgs),
    /// Show the limits that operators have set, and the circuits that are open
    Controls(ControlsArgs),
    /// Show the changes by operators, the latest first
    Audit(AuditArgs),
    /// Copy all stored data to a new file
    #[cfg(feature = "sqlite")]
    Backup(BackupArgs),
    /// Replace the file by a copy that `backup` has made
    #[cfg(feature = "sqlite")]
    Restore(RestoreArgs),
    /// Accept the server's clock after its store has raised a clock alarm
    #[cfg(feature = "sqlite")]
    AcceptClock(AcceptClockArgs),
}

#[derive(Args)]
#[command(
    after_help = "With --json: {\"sources\": [S, …], \"total\": S} where S has source, ready, running, done, dead, unverified,
oldest_due_seconds (how long the oldest event that is due has been waiting, or null) and paused: null, or source (the name that
was paused), since, until, actor and reason of the pause.

With --window: deliveries and attempts of all processes within the last hour, 24 hours or 7 days, a few seconds behind. SUCCESS is
the share of attempts that ended as done, OF EVENTS that of events, of those that were done or became dead letters. P50, P95 and P99 are the times from acceptance to done, rounded up by
at most two thirds (above 3 ms). BACKLOG is what waits or runs now, without unverified events. ENDPOINT/* is the sum of an endpoint and its subscriptions.
With --window and --json: {\"window\", \"since\", \"sources\": [W, …]} where W has source, accepted, duplicates, attempts, done, retries,
dead, success_rate and event_success_rate (0 to 1), p50_seconds, p95_seconds, p99_seconds, last_delivery, last_success, backlog, oldest_due_seconds
and keys: [{\"name\", \"count\", \"last_at\"}, …], the keys that verified deliveries within the window. \"endpoints\" has the sums
of endpoints with subscriptions."
)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Show what happened within the last 1h, 24h or 7d
    #[arg(long, value_name = "WINDOW", value_parser = PossibleValuesParser::new(Window::ALL.map(Window::as_str)).try_map(|name| name.parse::<Window>()))]
    pub(crate) window: Option<Window>,
    /// Print the numbers as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = "\
BACKLOG is what waits or runs now, without unverified events, OLDEST DUE the time for which its oldest due event has waited. SUCCESS is the share of
attempts of all processes within the last hour that ended as done, a few seconds behind. Below them are the reasons for the state
of each endpoint, as on the operations page; the alerts that a process raises are in its log. `q` or ctrl-c ends it.")]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) alerts: AlertArgs,
    /// Time between two reports
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = interval)]
    pub(crate) every: Duration,
    /// Print so many reports as lines of text, and end
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) count: Option<u32>,
}

/// Reads the time between two queries.
fn interval(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(time) if time < SHORTEST => Err("at least 100ms: each report is a few queries".to_owned()),
        Ok(time) => Ok(time),
        Err(error) => Err(error.to_string()),
    }
}

const SHORTEST: Duration = Duration::from_millis(100);

#[derive(Args)]
#[command(
    after_help = "With --json: {\"events\": [E, …], \"next\": N} where N is for --after, or null. E has id, source, tenant,
provider, external_id, event_type, state, attempt, replays, retries, code, received_at, stored_at,
due_at, finished_at and error, the last one, which stays after a success; times are in RFC 3339. code is the response code of the latest attempt,
if its handler has set one."
)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) page: PageArgs,
    /// Print the page as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Failed attempts are of one kind if endpoint, type, class and text are the same; `#` stands for each number
and id in the text. `countersign inbox show EXAMPLE` shows an event that failed; failures of inline handlers have no
event, and `countersign inbox attempts --failed` shows them. A kind is forgotten when its latest failure is older than
the retention of attempts.

With --json: {\"errors\": [K, …]}. K has source, event_type, failure, pattern, count, first_at, last_at and
example: the number of an event, or null."
)]
pub(crate) struct ErrorsArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Only errors of this endpoint
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// The largest number of kinds
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
    /// Print the kinds as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Attempts at deliveries that `Deduplicator` passes to handlers, if it adds its statistics to this store; those at stored
events are in `countersign inbox show`. All processes write them a few seconds behind. Failures always leave a row, successes
up to a rate. They are kept as long as attempts at events.

With --json: {\"attempts\": [A, …], \"next\": N} where N is for --after, or null. A has id, source, provider, tenant, external_id,
event_type, fence, started_at, ended_at, duration_ms, outcome (done, retry, dead, lost), failure (error, permanent, panic),
code, the status of the handler's response, error and worker; what is unknown is null."
)]
pub(crate) struct AttemptsArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Only attempts at this endpoint
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Only attempts that failed
    #[arg(long)]
    pub(crate) failed: bool,
    #[command(flatten)]
    pub(crate) page: PageArgs,
    /// Print the page as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(
    after_help = "A wrong secret shows as `signature_mismatch` here, before the provider reports it. All processes count, a few seconds behind, and
windows start at a full hour. The latest 20 requests of each endpoint are kept as samples, without bodies, credentials and
signatures: the values of most headers, and segments of the path that may be tokens, are left out.

With --json: {\"since\", \"rejections\": [R, …], \"samples\": [S, …]}. R has source, provider, kind, count and last_at; S has source,
at, kind, cause and head, and with --explain explained: failed, cure, command and headers, or null for a kind of a later version."
)]
pub(crate) struct RejectionsArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Only requests to this endpoint
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// The time up to now
    #[arg(long, value_name = "WINDOW", default_value = "24h", value_parser = PossibleValuesParser::new(Window::ALL.map(Window::as_str)).try_map(|name| name.parse::<Window>()))]
    pub(crate) window: Window,
    /// Say of each sample which check failed, the cure, and which headers of the declaration are missing
    #[arg(long)]
    pub(crate) explain: bool,
    /// Print everything as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A page of a list.
#[derive(Args, Clone, Copy)]
pub(crate) struct PageArgs {
    /// The largest number of rows
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
    /// Start after this number: the next page
    #[arg(long, value_name = "NUMBER")]
    pub(crate) after: Option<i64>,
}

#[derive(Args)]
#[command(after_help = "\
Bodies are shown as size and digest, and headers as names, unless they are asked for: both may hold
personal data. So are the values of the fields that the declaration of the provider names; the catalogue has no
declarations of your own. The audit log then says who has seen them, as it does for the operations page. Every attempt has a row, except successes above a rate, and attempts at done events after
their retention. Changes of many events at once are in the timeline if their filter fits the event; the log
does not keep which ones they were. Exits with 1 if there is no such event.

With --json: {\"event\": E, \"ordering_key\", \"waits_for\", \"fence\", \"worker\", \"request\", \"body\", \"fields\", \"explained\",
\"attempts\", \"audit\", \"bulk\"}, with E as in `list`. waits_for is the id of the event with the same ordering key that is handled first.
request has method, path, query, and headers with name, value and redacted; body has size, sha256,
and with --body one of json, text and base64. Both are null when they are no longer kept. Each field has name, place and value;
explained has failed, cure, command and headers for an unverified event, and is null for others. Each attempt
has attempt, fence, started_at, ended_at, duration_ms, outcome (done, skip, retry, keep, dead,
give_back, unverified, lost), failure (error, permanent, panic, timeout, decode, unknown_version, crash,
verification, unreadable), code, error, worker and replayed_by, the actor of the latest replay before it; what is unknown is null.")]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Number of the event
    #[arg(value_name = "NUMBER")]
    pub(crate) id: EventId,
    /// Show the values of headers; credentials and signatures stay redacted
    #[arg(long)]
    pub(crate) headers: bool,
    /// Show the body
    #[arg(long)]
    pub(crate) body: bool,
    /// Show credentials and signatures, too
    #[arg(long, requires = "headers")]
    pub(crate) reveal: bool,
    /// The person that looks at headers or body, for the audit log [default: user@host]
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) reason: Option<String>,
    /// Print everything as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(
    after_help = "With --json: {\"entries\": [A, …], \"next\": N} where N is for --after, or null. A has id, at, actor, action,
event, count and detail."
)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Number of an event [default: all events]
    #[arg(value_name = "NUMBER")]
    pub(crate) event: Option<EventId>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
    /// Print the page as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = concat!(changed!(), json!()))]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// All events, if no filter is given
    #[arg(long)]
    pub(crate) all: bool,
    /// Continue after this number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) after: Option<EventId>,
    /// Show the changes without making them
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(super) by: ActorArgs,
    /// Print the changes as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = concat!(
    "Without --state, dead letters are replayed. Replay a few first, and check their outcome:\n\
     `--first 5 --wait` exits with 1 unless all of them are done, and so does `7 12 --wait` for the events 7 and 12.\n\n",
    changed!(),
    json!(),
))]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
    /// Only this many of the oldest events; prints the command for the others
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=Change::LIMIT as i64))]
    pub(crate) first: Option<u16>,
    /// Wait until they are done or dead again, at most this long [default: 10m]
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = humantime::parse_duration,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10m",
        conflicts_with = "dry_run",
    )]
    pub(crate) wait: Option<Duration>,
}
