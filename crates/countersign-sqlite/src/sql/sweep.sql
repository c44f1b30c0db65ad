DELETE FROM wh_event
WHERE id IN (SELECT id FROM wh_event WHERE state = ?1 AND finished_at < ?2 ORDER BY finished_at LIMIT ?3)
