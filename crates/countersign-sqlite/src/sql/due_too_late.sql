SELECT due_at, id, 0
FROM wh_event
WHERE source = ?1 AND state = 0 AND isolation = 0 AND due_at > 0 AND due_at > ?3 AND {next}
ORDER BY due_at, id LIMIT ?2
