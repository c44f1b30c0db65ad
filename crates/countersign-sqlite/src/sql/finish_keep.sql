UPDATE wh_event
SET state = 0, isolation = 0, due_at = ?2, queued_at = ?2, worker = NULL, lease_until = NULL, attempt = max(attempt - 1, 0), error = ?3,
    code = ?4
WHERE id = ?1
