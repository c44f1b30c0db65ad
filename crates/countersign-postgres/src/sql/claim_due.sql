-- $1 source, $2 worker, $3 events at most, $4 ttl in ms, $5 horizon in ms. What runs under a lease that has expired is
-- due, too.
WITH due AS MATERIALIZED (
    SELECT id, due_at FROM {schema}.event
    WHERE source = $1 AND state < 2 AND due_at <= {schema}.now_()
    ORDER BY due_at, id
    LIMIT $3
    FOR UPDATE SKIP LOCKED
), astray AS MATERIALIZED (
    -- Put there by a clock that was wrong.
    SELECT id, due_at FROM {schema}.event
    WHERE source = $1 AND state < 2 AND due_at > {schema}.now_() + $5::int8 * interval '1 ms' AND state = 0
    ORDER BY due_at, id
    LIMIT greatest($3 - (SELECT count(*) FROM due), 0)
    FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE {schema}.event e
    SET state = 1, attempt = attempt + 1, fence = nextval('{schema}.fence'), worker = $2,
        due_at = {schema}.now_() + $4::int8 * interval '1 ms'
    FROM (SELECT * FROM due UNION ALL SELECT * FROM astray) d
    WHERE e.id = d.id
    RETURNING e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.attempt, e.replays, e.fence,
              e.received_at, e.age_from, e.due_at, e.day, d.due_at AS due_since
)
SELECT l.id, l.key, l.source, l.tenant, l.provider, l.external_id, l.event_type, l.attempt, l.replays, l.fence,
       (date_part('epoch', l.received_at) * 1000)::int8 AS received_at,
       (date_part('epoch', {schema}.now_() - l.age_from) * 1000)::int8 AS age,
       (date_part('epoch', l.due_at) * 1000)::int8 AS expires_at,
       b.head, b.body, b.traceparent
FROM leased l
LEFT JOIN {schema}.body b ON b.event_id = l.id AND b.day = l.day
ORDER BY l.due_since, l.id
