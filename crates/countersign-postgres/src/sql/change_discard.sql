-- $1 to $9 filter, with the numbers of a part; $10 states, $11 the entry of the audit log or null, $12 actor, $13 action,
-- $14 detail. One row per event that was changed, and one per event that others hold.
WITH {found}, {meant}, discarded AS (
    UPDATE {schema}.event e
    SET state = 2, worker = NULL, finished_at = {schema}.now_()
    FROM meant
    WHERE e.id = meant.id
), {changed}
