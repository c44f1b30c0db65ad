UPDATE wh_event
SET state = 2, finished_at = ?2
WHERE id = ?1
