DELETE FROM wh_attempt WHERE event_id = ?1
