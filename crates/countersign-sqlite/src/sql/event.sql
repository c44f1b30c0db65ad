SELECT 1
FROM wh_event
WHERE id = ?1
