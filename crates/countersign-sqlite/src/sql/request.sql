e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.received_at, e.traceparent, b.head, b.body, e.ordering_key
FROM wh_event e
JOIN wh_body b ON b.event_id = e.id
