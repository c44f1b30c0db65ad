-- Starts behind the end of the last pass.
SELECT id, finished_at
FROM wh_event
WHERE state = 2 AND finished_at < ?1 AND finished_at > (SELECT value FROM wh_meta WHERE name = 'attempts')
ORDER BY finished_at LIMIT ?2
