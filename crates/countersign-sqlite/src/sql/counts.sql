SELECT source, state, number
FROM wh_count
WHERE number > 0
