SELECT {summary}
FROM wh_event
WHERE id = ?1
