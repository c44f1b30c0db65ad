SELECT {inline_attempt}
FROM wh_inline_attempt
WHERE id < ?2 AND source = ?1
ORDER BY id DESC LIMIT ?3
