SELECT source, provider, kind, sum(number), max(last_at)
FROM wh_rejection
WHERE at >= ?2 AND source = coalesce(?1, source)
GROUP BY source, provider, kind
ORDER BY source, provider, kind
