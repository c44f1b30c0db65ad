SELECT source, at, kind, cause, head
FROM wh_rejection_sample
WHERE source = coalesce(?1, source)
ORDER BY id DESC
