SELECT id
FROM wh_event {index}
WHERE {part} AND {id} BETWEEN ? AND ?
ORDER BY id {order}
LIMIT 1 OFFSET ?
