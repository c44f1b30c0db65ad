-- $1 to $10 filter, with the numbers of a part; $11 states, $12 texts of errors or null, one of which an event has to have, $13 the entry of the audit log or null, $14 actor, $15 action,
-- $16 detail. One row per event that was changed, and one per event that others hold.
WITH {found}, {selected}, discarded AS (
    UPDATE {schema}.event e
    SET state = 2, worker = NULL, finished_at = {schema}.now_(), held_due = NULL
    FROM selected
    WHERE e.id = selected.id
    RETURNING e.source, e.ordering_key
), released AS MATERIALIZED (
    -- The next event of each key may run.
    SELECT {schema}.release_order(source, ordering_key)
    FROM (SELECT DISTINCT source, ordering_key FROM discarded WHERE ordering_key IS NOT NULL ORDER BY 1, 2) k
), {changed}
  AND (SELECT count(*) FROM released) >= 0
