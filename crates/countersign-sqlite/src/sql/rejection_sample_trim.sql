DELETE FROM wh_rejection_sample
WHERE source = ?1 AND id <= (SELECT id FROM wh_rejection_sample WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
