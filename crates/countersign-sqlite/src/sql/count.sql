SELECT coalesce(sum(number), 0)
FROM wh_count
WHERE source = coalesce(?1, source) AND state = coalesce(?2, state)
