SELECT lease_until, id, 2 + is_started
FROM wh_event
WHERE source = ?1 AND state = 1 AND isolation = 0 AND instance = ?4 AND lease_until <= ?3
ORDER BY lease_until, id LIMIT ?2
