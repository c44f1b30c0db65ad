-- $1 sources, $2 microseconds from which each is searched, or null. Holds events that are due and wait for an earlier one with
-- their key: the next one is released when that is handled. Should it not be, such as by an older version of this program, the event
-- is looked at again after as long as it has waited, between a minute and an hour.
WITH given AS MATERIALIZED (
    SELECT g.source, coalesce('epoch'::timestamptz + g.lowest * interval '1 microsecond', '-infinity') AS lowest
    FROM unnest($1::text[], $2::int8[]) AS g(source, lowest)
), found AS MATERIALIZED (
    SELECT f.*
    FROM given
    CROSS JOIN LATERAL (
        SELECT e.id, e.source, e.ordering_key
        FROM {schema}.event e
        WHERE e.source = given.source AND e.ordering_key IS NOT NULL AND e.state = 0 AND e.isolation = 0
          AND e.due_at BETWEEN given.lowest AND {schema}.now_()
        ORDER BY e.due_at, e.id
        LIMIT 1000
    ) f
), waiting AS MATERIALIZED (
    SELECT e.id
    FROM found e
    WHERE NOT {next}
      AND {schema}.is_held(e.id, e.source, e.ordering_key)
), free AS MATERIALIZED (
    SELECT e.id
    FROM waiting
    JOIN {schema}.event e ON e.id = waiting.id
    FOR UPDATE OF e SKIP LOCKED
)
UPDATE {schema}.event e
SET held_due = coalesce(e.held_due, e.due_at),
    due_at = {schema}.now_() + least(greatest({schema}.now_() - e.stored_at, interval '1 minute'), interval '1 hour')
FROM free
WHERE e.id = free.id AND e.state = 0 AND e.due_at <= {schema}.now_()
