UPDATE wh_event
SET state = 4, worker = NULL, lease_until = NULL, attempt = max(attempt - 1, 0), error = ?3, code = ?4
WHERE id = ?1
