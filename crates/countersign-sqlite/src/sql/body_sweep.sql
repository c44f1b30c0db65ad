-- Starts where the last pass ended: earlier events have no requests any more.
SELECT e.id, e.finished_at
FROM wh_event e
JOIN wh_body b ON b.event_id = e.id
WHERE e.state = 2 AND e.finished_at < ?1 AND e.finished_at >= (SELECT value FROM wh_meta WHERE name = 'bodies')
ORDER BY e.finished_at LIMIT ?2
