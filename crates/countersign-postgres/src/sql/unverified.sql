-- $1 source, $2 the number before the first, $3 events at most.
SELECT e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.ordering_key,
       (date_part('epoch', e.received_at) * 1000)::int8 AS received_at,
       b.head, b.body, b.traceparent
FROM {schema}.event e
JOIN {schema}.body b ON b.event_id = e.id AND b.day = e.day
WHERE e.source = $1 AND e.state = 4 AND ($2::int8 IS NULL OR e.id > $2)
ORDER BY e.id
LIMIT $3
