UPDATE wh_error
SET count = count - 1
WHERE source = ?1 AND event_type = ?2 AND failure = ?3 AND pattern = ?4
