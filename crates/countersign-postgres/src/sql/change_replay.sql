-- $1 to $10 filter, with the numbers of a part; $11 states, $12 texts of errors or null, one of which an event has to have, $13 the entry of the audit log or null, $14 actor, $15 action,
-- $16 detail. One row per event that was changed, and one per event that others hold.
WITH found AS MATERIALIZED (
    SELECT e.id, e.day FROM {schema}.event e
    WHERE {filter}
      AND e.state = ANY($11::int2[])
      AND ($12::text[] IS NULL OR e.error = ANY($12))
      AND EXISTS (SELECT FROM {schema}.body b WHERE b.event_id = e.id AND b.day = e.day)
), selected AS MATERIALIZED (
    -- A body that is being deleted by age is not replayed: it is missing by the time that its lock is free. The deletion leaves out the
    -- bodies of events that are locked here.
    SELECT e.id, e.day
    FROM found
    JOIN {schema}.event e ON e.id = found.id
    JOIN {schema}.body b ON b.event_id = e.id AND b.day = e.day
    WHERE {filter}
      AND e.state = ANY($11::int2[])
      AND ($12::text[] IS NULL OR e.error = ANY($12))
    FOR UPDATE OF e SKIP LOCKED
    FOR KEY SHARE OF b SKIP LOCKED
), replayed AS (
    UPDATE {schema}.event e
    SET state = 0, attempt = 0, replays = replays + 1, isolation = 0, worker = NULL, finished_at = NULL,
        age_from = {schema}.now_(), due_at = {schema}.now_(), held_due = NULL, replayed_by = $14
    FROM selected
    WHERE e.id = selected.id
), {changed}
