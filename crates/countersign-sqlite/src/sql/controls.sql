SELECT source, kind, id, since, until, attempts, per, actor, reason
FROM wh_control
WHERE until IS NULL OR until > ?1
ORDER BY source, kind
