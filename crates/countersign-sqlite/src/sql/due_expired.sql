SELECT lease_until, id, 1 + (instance = ?5) * (1 + is_started)
FROM wh_event
WHERE source = ?1 AND state = 1 AND lease_until <= iif(isolation > 0, ?4, ?3) AND lease_until <= ?3 AND (isolation > 0 OR instance <> ?5)
ORDER BY lease_until, id LIMIT ?2
