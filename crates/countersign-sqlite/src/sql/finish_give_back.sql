UPDATE wh_event
SET state = 0, due_at = 0, worker = NULL, lease_until = NULL, attempt = max(attempt - 1, 0), code = ?4
WHERE id = ?1
