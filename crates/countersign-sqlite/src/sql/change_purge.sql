DELETE FROM wh_event
WHERE id = ?1
