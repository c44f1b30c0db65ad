INSERT INTO wh_statistic(span, at, source, accepted, duplicates, attempts, done, retries, dead, time_to_done)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted, duplicates = duplicates + excluded.duplicates,
    attempts = attempts + excluded.attempts, done = done + excluded.done, retries = retries + excluded.retries,
    dead = dead + excluded.dead, time_to_done = excluded.time_to_done
