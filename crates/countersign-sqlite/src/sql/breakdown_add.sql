INSERT INTO wh_breakdown(span, at, source, kind, name, number, last_at)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO UPDATE SET number = number + excluded.number, last_at = excluded.last_at
