-- A due time in the future comes from a wrong clock: the pause ends with the first claim that sees it.
SELECT iif(due_at = 0, queued_at, due_at), id, 0
FROM wh_event
WHERE source = ?1 AND state = 0 AND isolation > 0 AND (isolation = 1 OR due_at <= ?4 OR due_at > ?3) AND {next}
ORDER BY due_at, id LIMIT ?2
