DELETE FROM wh_control
WHERE source = ?1 AND kind = ?2
