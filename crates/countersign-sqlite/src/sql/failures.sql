SELECT a.outcome, e.source, coalesce(e.event_type, ''), coalesce(a.failure, ''), a.error
FROM wh_attempt a
JOIN wh_event e ON e.id = a.event_id
WHERE a.event_id = ?1
