SELECT id
FROM wh_event INDEXED BY wh_event_ordered
WHERE source = ?1 AND ordering_key = ?2 AND state IN (0, 1, 4)
ORDER BY id LIMIT 1
