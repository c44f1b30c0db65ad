SELECT id
FROM wh_event {index}
WHERE {part} AND id {order}
LIMIT 1 OFFSET ?
