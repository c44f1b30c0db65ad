-- $1 event.
SELECT head, body, traceparent
FROM {schema}.body
WHERE event_id = $1
