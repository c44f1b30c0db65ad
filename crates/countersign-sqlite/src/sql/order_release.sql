UPDATE wh_event
SET due_at = 0
WHERE id = ?1 AND state = 0 AND due_at < 0
