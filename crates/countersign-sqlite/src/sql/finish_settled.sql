SELECT 1
FROM wh_event
WHERE key = ?1 AND fence = ?2 AND state = 2
