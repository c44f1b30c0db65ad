-- $1 retention in ms, $2 rows at most. Bodies in the common partition: nothing drops them by the day. Those of events that
-- wait, run or are dead letters stay. An event that is being replayed is locked, and one that was is not done any more when its lock is
-- free.
WITH old AS MATERIALIZED (
    SELECT b.event_id, b.day
    FROM {schema}.body_default b
    WHERE b.day + 0 < (({schema}.now_() - $1::int8 * interval '1 ms') AT TIME ZONE 'UTC')::date
      AND NOT EXISTS (SELECT FROM {schema}.event e WHERE e.id = b.event_id AND e.state <> 2)
    ORDER BY b.day + 0
    LIMIT $2
), done AS MATERIALIZED (
    SELECT e.id FROM old JOIN {schema}.event e ON e.id = old.event_id WHERE e.state = 2 FOR UPDATE OF e SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.body_default b
    USING old
    WHERE b.event_id = old.event_id AND b.day = old.day
      AND (EXISTS (SELECT FROM done WHERE done.id = old.event_id)
           OR NOT EXISTS (SELECT FROM {schema}.event e WHERE e.id = old.event_id))
    RETURNING b.event_id
)
SELECT count(*) FROM forgotten
