UPDATE wh_event
SET state = 3, isolation = 0, finished_at = ?2, worker = NULL, lease_until = NULL, error = ?3, code = ?4
WHERE id = ?1
