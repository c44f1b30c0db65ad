SELECT source, delivered_at, done_at
FROM wh_activity
