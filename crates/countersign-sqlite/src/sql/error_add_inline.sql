INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example)
VALUES(?1, ?2, ?3, ?4, 1, ?5, ?5, 0)
ON CONFLICT DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at), example = excluded.example
