SELECT id
FROM wh_event INDEXED BY wh_event_ordered_running
WHERE source = ?1 AND ordering_key = ?2 AND state = 1
