-- $1 retention in ms, $2 rows at most. Attempts in the common partition: nothing drops them by the day. Those at events that
-- wait, run or are dead letters stay.
WITH old AS MATERIALIZED (
    SELECT a.event_id, a.fence, a.day
    FROM {schema}.attempt_default a
    WHERE a.day < (({schema}.now_() - $1::int8 * interval '1 ms') AT TIME ZONE 'UTC')::date
      AND NOT EXISTS (SELECT FROM {schema}.event e WHERE e.id = a.event_id AND e.state <> 2)
    ORDER BY a.day
    LIMIT $2
), forgotten AS (
    DELETE FROM {schema}.attempt_default a USING old
    WHERE a.event_id = old.event_id AND a.fence = old.fence AND a.day = old.day
    RETURNING a.event_id
)
SELECT count(*) FROM forgotten
