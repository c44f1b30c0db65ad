UPDATE wh_event
SET state = 0, due_at = 0
WHERE id = ?1 AND state = 4
RETURNING source
