SELECT source, accepted, duplicates, attempts, done, retries, dead, time_to_done, at
FROM wh_statistic
WHERE span = ?1 AND at >= ?2 AND at < ?3
