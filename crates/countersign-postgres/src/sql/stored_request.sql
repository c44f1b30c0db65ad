-- $1 id.
SELECT e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.ordering_key,
       (date_part('epoch', e.received_at) * 1000)::int8 AS received_at,
       b.head, b.body, b.traceparent
FROM {schema}.event e
JOIN {schema}.body b ON b.event_id = e.id AND b.day = e.day
WHERE e.id = $1
