SELECT 1
FROM wh_event e
JOIN wh_body b ON b.event_id = e.id
WHERE e.id = ?1 AND e.state = 0 AND e.key = ?2 AND e.received_at = ?4 AND b.head = ?5 AND b.body = ?3
