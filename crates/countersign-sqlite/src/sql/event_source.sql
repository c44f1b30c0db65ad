SELECT source
FROM wh_event
WHERE id = ?1
