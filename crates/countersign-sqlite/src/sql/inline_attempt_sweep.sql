DELETE FROM wh_inline_attempt
WHERE id IN (SELECT id FROM wh_inline_attempt WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2)
