INSERT INTO wh_rejection(at, source, provider, kind, number, last_at)
VALUES(?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET number = number + excluded.number, last_at = excluded.last_at
