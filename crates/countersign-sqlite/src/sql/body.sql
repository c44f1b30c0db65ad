SELECT head, body
FROM wh_body
WHERE event_id = ?1
