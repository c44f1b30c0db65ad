SELECT source, event_type, failure, pattern, count, first_at, last_at, example
FROM wh_error
WHERE source = coalesce(?1, source)
ORDER BY last_at DESC LIMIT ?2
