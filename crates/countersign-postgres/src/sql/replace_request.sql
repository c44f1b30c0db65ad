-- $1 id, $2 key, and of the stored request: $3 SHA-256 of the body, $4 time of receipt, $5 head. Then of the new one: $6 digest of the
-- body, $7 type, $8 time of receipt, $9 guard, $10 head, $11 body, $12 traceparent. The digest that the event has is any that its caller
-- chose, so that the body itself is compared. A locked event is an error: it is being claimed or changed, and is looked at again
-- afterwards. A claim that began before and locks the event afterwards has the event as it is then, and the body as it was: the body moves
-- to a later day, under which that claim does not find it, and it is read again. The type of an event that was tried is replaced, too:
-- purging it then takes its failures from the kind with the new type.
-- Without + 0, the index of due times would be searched completely, if the statistics are from a time when few events were due.
WITH found AS MATERIALIZED (
    SELECT e.id, e.day
    FROM {schema}.event e
    JOIN {schema}.body b ON b.event_id = e.id AND b.day = e.day
    WHERE e.id = $1 AND e.key = $2 AND e.state + 0 = 0
      AND (date_part('epoch', e.received_at) * 1000)::int8 = $4 AND b.head = $5 AND sha256(b.body) = $3
    FOR UPDATE OF e, b NOWAIT
), replaced AS (
    UPDATE {schema}.event e
    SET body_digest = $6, event_type = $7, received_at = to_timestamp($8::int8 / 1000.0),
        day = greatest(({schema}.now_() AT TIME ZONE 'UTC')::date, e.day + 1),
        guard = CASE WHEN EXISTS (SELECT FROM {schema}.event o WHERE o.guard = $9 AND o.id <> e.id) THEN e.guard
                     ELSE coalesce($9, e.guard) END
    FROM found
    WHERE e.id = found.id
    RETURNING e.id, e.day, e.provider, found.day AS day_before
), kept AS (
    UPDATE {schema}.body b
    SET day = replaced.day, head = $10, body = $11, traceparent = $12
    FROM replaced
    WHERE b.event_id = replaced.id AND b.day = replaced.day_before
), audited AS (
    INSERT INTO {schema}.audit (at, actor, action, events)
    SELECT {schema}.now_(), provider, 'replace', ARRAY[id] FROM replaced
)
SELECT count(*) FROM replaced
