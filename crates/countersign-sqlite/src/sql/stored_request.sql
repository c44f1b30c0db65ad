SELECT {request}
WHERE e.id = ?1
