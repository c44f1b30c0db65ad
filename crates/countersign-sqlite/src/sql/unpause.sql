DELETE FROM wh_pause
WHERE source = ?1
