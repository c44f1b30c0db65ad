SELECT id
FROM wh_event {index}
WHERE {part} AND {rest} AND id {order}
LIMIT ?
