//! Rows of tables of events, and pages of lists.

use countersign_inbox::{EventState, Page, Summary};

use crate::problem::Problem;
use crate::text;
use crate::visit::Visit;

/// The row of an event.
pub(super) struct EventRow {
    pub(super) id: i64,
    pub(super) state: EventState,
    pub(super) source: String,
    pub(super) event_type: String,
    pub(super) external_id: String,
    pub(super) tenant: String,
    pub(super) retries: u32,
    pub(super) code: String,
    pub(super) stored: String,
    pub(super) error: String,
}

impl EventRow {
    pub(super) fn new(of: &Summary) -> Self {
        let short = |text: &Option<String>| text::cut(text.as_deref().unwrap_or_default(), 64);
        Self {
            id: of.id.get(),
            state: of.state,
            source: text::cut(&of.source, 64),
            event_type: short(&of.event_type),
            external_id: short(&of.external_id),
            tenant: short(&of.tenant),
            retries: of.retries(),
            code: of.code.map(|code| code.to_string()).unwrap_or_default(),
            stored: text::second(of.stored_at),
            error: text::cut(of.error.as_deref().unwrap_or_default(), 160),
        }
    }
}

/// Returns the page that a query asks for, with one additional row, which shows whether there is a next page.
pub(super) fn asked(visit: &Visit<'_>) -> Result<Page, Problem> {
    let limit = visit.fields.parsed::<usize>("limit", "a number of rows")?.unwrap_or(ROWS);
    if !(1..=MOST_ROWS).contains(&limit) {
        return Err(Problem::field(
            "limit",
            &limit.to_string(),
            &format!("a number of rows from 1 to {MOST_ROWS}"),
        ));
    }
    let page = Page::first(limit + 1);
    let after = visit.fields.parsed::<i64>("after", "a number")?;
    Ok(after.map_or(page, |after| page.after(after)))
}

/// Returns the fields of that page, so that a page that loads itself again stays where it is.
pub(super) fn page_fields(visit: &Visit<'_>) -> [(&'static str, String); 2] {
    ["limit", "after"].map(|name| (name, visit.fields.text(name).unwrap_or_default().to_owned()))
}

/// The rows of a page.
pub(super) struct Found<T> {
    pub(super) rows: Vec<T>,
    /// The fields of the next page, if there is one.
    pub(super) next: Option<Vec<(&'static str, String)>>,
}

impl<T> Found<T> {
    /// Makes a page of rows behind which more may follow after a number.
    pub(super) fn until(rows: Vec<T>, page: Page, after: Option<i64>) -> Self {
        let limit = page.limit.saturating_sub(1);
        let next = after.map(|after| next(limit, after));
        Self { rows, next }
    }

    /// Splits what a store has returned for a page that was [`asked`] for.
    pub(super) fn new(mut rows: Vec<T>, page: Page, number: impl Fn(&T) -> i64) -> Self {
        let limit = page.limit.saturating_sub(1);
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_next).map(|last| next(limit, number(last)));
        Self { rows, next }
    }
}

/// Returns the fields of the page after a number.
fn next(limit: usize, after: i64) -> Vec<(&'static str, String)> {
    let limit = if limit == ROWS { String::new() } else { limit.to_string() };
    vec![("limit", limit), ("after", after.to_string())]
}

const ROWS: usize = 50;
const MOST_ROWS: usize = 200;
