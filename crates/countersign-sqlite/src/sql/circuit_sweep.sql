DELETE FROM wh_circuit
WHERE worker = ?1 OR seen_at <= ?2
