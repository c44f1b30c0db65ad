INSERT INTO wh_activity(source, delivered_at, done_at)
VALUES(?1, ?2, ?3)
ON CONFLICT DO UPDATE SET delivered_at = coalesce(excluded.delivered_at, delivered_at), done_at = coalesce(excluded.done_at, done_at)
