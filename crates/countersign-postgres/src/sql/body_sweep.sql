-- $1 retention in ms, $2 rows at most. Bodies in the common partition: nothing drops them by the day. Those of events that
-- wait, run or are dead letters stay.
WITH old AS MATERIALIZED (
    SELECT b.event_id, b.day
    FROM {schema}.body_default b
    WHERE b.day + 0 < (({schema}.now_() - $1::int8 * interval '1 ms') AT TIME ZONE 'UTC')::date
      AND NOT EXISTS (SELECT FROM {schema}.event e WHERE e.id = b.event_id AND e.state <> 2)
    ORDER BY b.day + 0
    LIMIT $2
), forgotten AS (
    DELETE FROM {schema}.body_default b USING old WHERE b.event_id = old.event_id AND b.day = old.day RETURNING b.event_id
)
SELECT count(*) FROM forgotten
