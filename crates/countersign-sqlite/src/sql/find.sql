SELECT id
FROM wh_event {index}
WHERE {part} AND {rest} AND {id} BETWEEN ? AND ?
ORDER BY id {order}
LIMIT ?
