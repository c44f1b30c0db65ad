SELECT {request}
WHERE e.source = ?1 AND e.state = 4 AND e.id > ?2
ORDER BY e.id LIMIT ?3
