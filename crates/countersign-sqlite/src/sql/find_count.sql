SELECT count(*)
FROM (SELECT 1 FROM wh_event {index} WHERE {part} AND {id} BETWEEN ? AND ? LIMIT ?)
