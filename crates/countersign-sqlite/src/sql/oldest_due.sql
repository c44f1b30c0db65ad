SELECT due_at
FROM wh_event
WHERE source = ?1 AND state = 0 AND due_at > 0 AND due_at <= ?2
ORDER BY due_at LIMIT 1
