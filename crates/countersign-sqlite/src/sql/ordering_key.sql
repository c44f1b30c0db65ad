SELECT source, ordering_key
FROM wh_event
WHERE id = ?1 AND ordering_key IS NOT NULL
