DELETE FROM wh_block
WHERE upto < coalesce((SELECT id FROM wh_event ORDER BY id LIMIT 1), 0)
