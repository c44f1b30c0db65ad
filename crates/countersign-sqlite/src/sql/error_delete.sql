DELETE FROM wh_error
WHERE source = ?1 AND event_type = ?2 AND failure = ?3 AND pattern = ?4 AND count <= 0
