-- $1 sources, $2 microseconds from which each is searched, or null. Holds events that are due and wait for an earlier one with
-- their key: the next one is released when that is handled. Should it not be, such as by an older version of this program, the event
-- is looked at again after as long as it has waited, between a minute and an hour. At most 200 events, because each key is locked, and
-- the server has a table of locks. One row: how many were held.
WITH given AS MATERIALIZED (
    SELECT g.source, coalesce('epoch'::timestamptz + g.lowest * interval '1 microsecond', '-infinity') AS lowest,
           -- As many as a claim looks at, even with many sources.
           greatest(1000 / count(*) OVER (), 50) AS most
    FROM unnest($1::text[], $2::int8[]) AS g(source, lowest)
), found AS MATERIALIZED (
    SELECT f.*, row_number() OVER (PARTITION BY f.source ORDER BY f.due_at, f.id) AS nth
    FROM given
    CROSS JOIN LATERAL (
        SELECT e.id, e.source, e.ordering_key, e.due_at
        FROM {schema}.event e
        WHERE e.source = given.source AND e.ordering_key IS NOT NULL AND e.state = 0 AND e.isolation = 0
          AND e.due_at BETWEEN given.lowest AND {schema}.now_()
        -- No other index has this order.
        ORDER BY e.due_at, e.id + 0
        LIMIT given.most
    ) f
), waiting AS MATERIALIZED (
    -- Without a lock, so that only keys of events that wait are locked.
    SELECT e.id, e.source, e.ordering_key
    FROM found e
    WHERE {first} < e.id
    ORDER BY e.nth
    LIMIT 200
), held AS MATERIALIZED (
    SELECT e.id
    FROM waiting e
    WHERE {schema}.is_held(e.id, e.source, e.ordering_key)
), free AS MATERIALIZED (
    SELECT e.id
    FROM held
    JOIN {schema}.event e ON e.id = held.id
    FOR UPDATE OF e SKIP LOCKED
), moved AS (
    UPDATE {schema}.event e
    SET held_due = coalesce(e.held_due, e.due_at),
        due_at = {schema}.now_() + least(greatest({schema}.now_() - e.stored_at, interval '1 minute'), interval '1 hour')
    FROM free
    WHERE e.id = free.id AND e.state = 0 AND e.due_at <= {schema}.now_()
    RETURNING e.id
)
SELECT count(*) FROM moved
