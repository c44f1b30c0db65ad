//! The statements as text, independent of the driver.
//!
//! Statements that look for events by their keys take the first of their arrays out of a subquery, `unnest((SELECT $1::bytea[]), …)`,
//! which hides its length from the planner. Of a short array it would know that a plan for it costs less than the one for an
//! unknown length, and the server would plan the statement in each execution, which takes longer than to run it. (`plan_cache_mode`
//! is a setting of the connection, and pools of the application have their own.) Claims and the search for due events are functions in
//! the schema (`v21_kept_plans.sql`), because a function can have settings of the planner: its plans are kept. Each of their
//! searches has one index that it can read, so that a plan is right for any number of events, also one made while tables were empty.

use std::sync::Arc;

use crate::schema::SchemaName;

/// A statement for one schema.
#[derive(Clone, Debug)]
pub(crate) struct Sql(pub(crate) Arc<str>);

impl Sql {
    /// Waits for rows that others hold, instead of leaving them out.
    pub(crate) fn waiting(&self) -> Self {
        Self(self.0.replace(" SKIP LOCKED", "").into())
    }

    /// Counts the rows.
    pub(crate) fn counting(&self) -> Self {
        Self(format!("SELECT count(*) FROM ({}) counted", self.0).into())
    }

    fn of(text: &str, schema: &SchemaName) -> Self {
        let text = text
            .replace("{found}", include_str!("sql/found.sql"))
            .replace("{selected}", include_str!("sql/selected.sql"))
            .replace("{changed}", include_str!("sql/changed.sql"))
            .replace("{filter}", include_str!("sql/filter.sql"))
            .replace("{summary}", include_str!("sql/summary.sql"))
            .replace("{next}", include_str!("sql/next.sql"))
            .replace("{first}", include_str!("sql/first.sql"))
            .replace("{finish}", &include_str!("sql/finish.sql").replace(" SKIP LOCKED", ""));
        // Without comments: a list of running statements in the server shows the first kilobyte of each.
        let lines: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        Self(lines.join("\n").replace("{schema}", &schema.to_string()).into())
    }
}

macro_rules! statements {
    ($($name:ident)+) => {
        /// All statements.
        #[derive(Debug)]
        pub(crate) struct Statements {
            $(pub(crate) $name: Sql,)+
        }

        impl Statements {
            pub(crate) fn new(schema: &SchemaName) -> Self {
                Self { $($name: Sql::of(include_str!(concat!("sql/", stringify!($name), ".sql")), schema),)+ }
            }
        }
    };
}

statements!(
    accept audit audit_sweep attempt_sweep attempts body body_sweep change_discard change_purge change_replay claim claim_complete claim_due claim_one
    claim_release claim_renew claim_sweep circuit_report control_remove control_set controls count_by_place due_sources edge error_classes error_sweep errors exceeds_by_error exceeds_by_place expired_partitions extend failures find find_by_error find_by_place find_in_order finish finish_waiting fold
    has_body hold inline_attempt_sweep inline_attempts inline_attempts_add list list_by_error list_by_place list_in_order open partition_days pause pauses probe rejections rejections_add rejections_sweep replace_request resume reveal series show snapshot statistics statistics_add statistics_sweep stats stored_request sweep unpause unverified
);
