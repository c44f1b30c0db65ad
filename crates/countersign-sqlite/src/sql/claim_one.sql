SELECT 0, id, iif(state = 1, 1 + (instance = ?4) * (1 + is_started), 0)
FROM wh_event
WHERE id = ?1 AND source = ?2 AND (state = 0 AND {next} OR (state = 1 AND lease_until <= ?3))
