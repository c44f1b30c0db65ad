-- The first parameter is the source; where it is null, all are read.
SELECT {inline_attempt}
FROM wh_inline_attempt
WHERE id < ?2 AND ?1 IS NULL AND outcome IN ('retry', 'dead')
ORDER BY id DESC LIMIT ?3
