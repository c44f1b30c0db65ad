SELECT time_to_done
FROM wh_statistic
WHERE span = ?1 AND at = ?2 AND source = ?3
