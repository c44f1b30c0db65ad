-- $1 source, $2 worker, $3 id, $4 ttl in ms. Due or not, as long as nobody runs it.
WITH leased AS (
    UPDATE {schema}.event
    SET state = 1, attempt = attempt + 1, fence = greatest(fence + 1, nextval('{schema}.fence'), {schema}.fence_floor()), worker = $2,
        due_at = {schema}.now_() + $4::int8 * interval '1 ms'
    WHERE id = $3 AND source = $1 AND (state = 0 OR state = 1 AND due_at <= {schema}.now_())
    RETURNING id, key, source, tenant, provider, external_id, event_type, attempt, replays, fence, received_at,
              age_from, due_at, day
)
SELECT l.id, l.key, l.source, l.tenant, l.provider, l.external_id, l.event_type, l.attempt, l.replays, l.fence,
       (date_part('epoch', l.received_at) * 1000)::int8 AS received_at,
       (date_part('epoch', {schema}.now_() - l.age_from) * 1000)::int8 AS age,
       (date_part('epoch', l.due_at) * 1000)::int8 AS expires_at,
       b.head, b.body, b.traceparent
FROM leased l
LEFT JOIN {schema}.body b ON b.event_id = l.id AND b.day = l.day
