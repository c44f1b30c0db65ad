UPDATE wh_event
SET lease_until = ?3, is_started = 1
WHERE key = ?1 AND fence = ?2 AND state = 1
