SELECT source, since, until, actor, reason
FROM wh_pause
WHERE until IS NULL OR until > ?1
ORDER BY source
