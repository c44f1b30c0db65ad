SELECT lease_until
FROM wh_event
WHERE source = ?1 AND state = 1 AND lease_until <= ?2
ORDER BY lease_until LIMIT 1
