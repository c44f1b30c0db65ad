SELECT {kind}
FROM wh_event INDEXED BY wh_event_dead_error
WHERE state = 3 AND error IS NOT NULL
ORDER BY 1 LIMIT 1
