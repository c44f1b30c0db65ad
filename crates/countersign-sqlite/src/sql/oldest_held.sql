-- Those that wait for an earlier event are due as well.
SELECT queued_at
FROM wh_event
WHERE source = ?1 AND ?2 IS NOT NULL AND state = 0 AND due_at < 0
ORDER BY queued_at LIMIT 1
