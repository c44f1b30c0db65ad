DELETE FROM wh_error
WHERE (source, event_type, failure, pattern) IN
    (SELECT source, event_type, failure, pattern FROM wh_error WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)
