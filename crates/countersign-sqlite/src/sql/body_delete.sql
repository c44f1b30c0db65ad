DELETE FROM wh_body WHERE event_id = ?1
