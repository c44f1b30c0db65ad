INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example)
SELECT source, coalesce(event_type, ''), ?2, ?3, 1, ?4, ?4, id
FROM wh_event
WHERE id = ?1
ON CONFLICT DO UPDATE SET count = count + 1, last_at = excluded.last_at, example = excluded.example
