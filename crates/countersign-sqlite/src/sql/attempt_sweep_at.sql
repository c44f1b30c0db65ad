SELECT id
FROM wh_event
WHERE state = 2 AND finished_at = ?1
