SELECT count(*)
FROM (SELECT 1 FROM wh_attempt WHERE event_id = ?1 LIMIT ?2)
