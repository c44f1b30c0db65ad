SELECT source, (date_part('epoch', since) * 1000)::int8, (date_part('epoch', until) * 1000)::int8, actor, reason
FROM {schema}.pause
WHERE until IS NULL OR until > {schema}.now_()
ORDER BY source COLLATE "C"
