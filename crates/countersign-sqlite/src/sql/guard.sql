SELECT 1
FROM wh_event
WHERE guard = ?1
