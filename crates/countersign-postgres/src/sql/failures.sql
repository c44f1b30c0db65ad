-- $1 events, $2 outcomes that are failures. Their failed attempts, with the type that the event has now: a request that was sent again
-- may have replaced it.
SELECT a.event_id, coalesce(e.event_type, ''), coalesce(a.failure, ''), a.error
FROM {schema}.attempt a
JOIN {schema}.event e ON e.id = a.event_id
WHERE a.event_id = ANY($1::int8[]) AND a.outcome = ANY($2::text[])
