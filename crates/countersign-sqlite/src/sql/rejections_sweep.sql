DELETE FROM wh_rejection
WHERE (at, source, provider, kind) IN (SELECT at, source, provider, kind FROM wh_rejection WHERE at < ?1 ORDER BY at LIMIT ?2)
