-- $1 source, $2 worker, $3 id, $4 ttl in ms, $5 whether the claimer handles one event at a time, $6 its number. Due or not,
-- unless it is running.
WITH found AS MATERIALIZED (
    SELECT id, state = 1 AND instance = $6 AS has_lost_own FROM {schema}.event
    WHERE id = $3 AND source = $1 AND (state = 0 OR state = 1 AND due_at <= {schema}.now_())
    FOR UPDATE
), leased AS (
    UPDATE {schema}.event e
    SET state = 1, attempt = attempt + 1,
        isolation = CASE WHEN state = 1 AND instance <> $6 THEN isolation + 1 WHEN $5 THEN greatest(isolation, 1)
                         ELSE isolation END,
        instance = $6, fence = greatest(e.fence + 1, nextval('{schema}.fence'), {schema}.fence_floor()), worker = $2,
        due_at = {schema}.now_() + $4::int8 * interval '1 ms'
    FROM found
    WHERE e.id = found.id AND (state = 0 OR state = 1 AND due_at <= {schema}.now_())
    RETURNING e.id, key, source, tenant, provider, external_id, event_type, attempt, replays, fence, received_at,
              age_from, due_at, day, isolation, found.has_lost_own
)
SELECT l.id, l.key, l.source, l.tenant, l.provider, l.external_id, l.event_type, l.attempt, l.replays, l.fence,
       l.isolation, l.has_lost_own,
       (date_part('epoch', l.received_at) * 1000)::int8 AS received_at,
       (date_part('epoch', {schema}.now_() - l.age_from) * 1000)::int8 AS age,
       (date_part('epoch', l.due_at) * 1000)::int8 AS expires_at,
       b.head, b.body, b.traceparent
FROM leased l
LEFT JOIN {schema}.body b ON b.event_id = l.id AND b.day = l.day
