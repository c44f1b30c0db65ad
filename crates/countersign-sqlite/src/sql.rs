//! The statements as text, as in `countersign-postgres`.

use std::sync::LazyLock;

/// Inserts the parts that statements share, and removes comments. Statements live as long as the program: sessions prepare each once,
/// by its address.
fn of(text: &'static str) -> &'static str {
    let without_comments = |text: &str| {
        let lines: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        lines.join("\n")
    };
    let text = without_comments(text)
        .replace("{next}", include_str!("sql/next.sql").trim_end())
        .replace("{kind}", &without_comments(include_str!("sql/kind.sql")))
        .replace("{request}", include_str!("sql/request.sql").trim_end())
        .replace("{summary}", include_str!("sql/summary.sql").trim_end())
        .replace("{inline_attempt}", include_str!("sql/inline_attempt.sql").trim_end());
    text.leak()
}

macro_rules! statements {
    ($($name:ident)+) => {
        /// All statements.
        pub(crate) struct Statements {
            $(pub(crate) $name: &'static str,)+
        }

        #[cfg(test)]
        impl Statements {
            fn all(&self) -> Vec<&'static str> {
                vec![$(self.$name,)+]
            }
        }

        /// All statements.
        pub(crate) static SQL: LazyLock<Statements> = LazyLock::new(|| Statements {
            $($name: of(include_str!(concat!("sql/", stringify!($name), ".sql"))),)+
        });
    };
}

statements!(
    accept accept_body accept_known activity activity_add attempt_add attempt_count attempt_delete attempt_lose attempt_lose_all
    attempt_sweep attempt_sweep_at attempts audit audit_add audit_extend audit_of_event audit_sweep block_add block_events
    block_last block_sweep blocks body body_delete body_sweep breakdown_add breakdown_sweep breakdowns change_discard change_purge
    change_replay circuit_report circuit_sweep circuits claim claim_complete claim_due claim_known claim_one claim_release
    claim_renew claim_settled claim_sweep claim_sweep_crashed clock_settle control_of control_remove control_set controls count count_add counts
    dead_error_kind_first dead_error_kind_next due due_at_once due_expired due_isolated due_own due_too_late edge error_add
    error_add_inline error_delete error_kind error_kind_first error_kind_has error_kind_next error_subtract error_sweep errors event event_source extend
    failures find find_count finish_dead finish_done finish_give_back finish_keep finish_retry finish_running finish_settled
    finish_skip finish_unverified first guard guard_of_another has_body hold inline_attempt_sweep inline_attempts
    inline_attempts_add inline_attempts_failed inline_attempts_failed_of inline_attempts_of key_use_add key_use_sweep key_uses
    list meta meta_add meta_raise meta_set newest oldest_at_once oldest_due oldest_expired oldest_held order_release order_running
    ordering_key pause pause_of pauses rejection_sample_add rejection_sample_sweep rejection_sample_trim rejection_samples
    rejections rejections_add rejections_sweep replace replace_body replace_request replaceable resume show statistics statistics_add statistics_sweep
    statistics_times stored_request sweep take_over unpause unverified
);

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, StatementStatus};

    use super::*;

    /// SQLite, as it is compiled in, plans statements with a range or a limit anew whenever they have other values.
    #[test]
    fn no_statement_is_planned_again_for_its_values() {
        let connection = connection();
        crate::connection::keep_plans(&connection).unwrap();
        // Statistics of values, as another program may make them.
        connection.execute_batch(FILL).unwrap();
        for sql in statements() {
            let mut statement = connection.prepare(&sql).unwrap();
            for value in 1..4 {
                for parameter in 1..=statement.parameter_count() {
                    statement.raw_bind_parameter(parameter, value).unwrap();
                }
                // Many values are of no use to the statement.
                drop(statement.raw_query().next());
            }
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
    }

    #[test]
    fn every_statement_is_one_of_this_schema() {
        let connection = connection();
        for sql in statements() {
            if let Err(error) = connection.prepare(&sql) {
                panic!("{error}: {sql}");
            }
        }
    }

    const FILL: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
        INSERT INTO wh_event(id, key, source, provider, event_type, body_sha256, received_at, stored_at, queued_at, due_at)
        SELECT n, CAST(n AS BLOB), 'source ' || n % 9, 'preflix', 'paid', x'', 0, 0, n, n FROM n;
        ANALYZE";

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection);
        crate::connection::add_functions(&connection).unwrap();
        connection
    }

    /// Returns the statements that are complete. Values take the place of the parts that a search inserts.
    fn statements() -> impl Iterator<Item = String> {
        let parts = [("{index}", ""), ("{part}", "1"), ("{rest}", "1"), ("{id}", "id"), ("{order}", "DESC")];
        let is_whole = |sql: &&'static str| ![SQL.has_body, SQL.error_kind].contains(sql);
        let filled = move |sql: &'static str| {
            parts.iter().fold(sql.to_owned(), |sql, (part, text)| sql.replace(part, text))
        };
        SQL.all().into_iter().filter(is_whole).map(filled)
    }
}
