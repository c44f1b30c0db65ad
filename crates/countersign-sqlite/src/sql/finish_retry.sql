UPDATE wh_event
SET state = 0, isolation = 0, due_at = ?2, worker = NULL, lease_until = NULL, error = ?3, code = ?4
WHERE id = ?1
