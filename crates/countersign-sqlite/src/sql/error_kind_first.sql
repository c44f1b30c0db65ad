SELECT {kind}
FROM wh_event INDEXED BY wh_event_error
WHERE error IS NOT NULL
ORDER BY 1 LIMIT 1
