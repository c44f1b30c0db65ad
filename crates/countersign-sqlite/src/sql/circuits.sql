SELECT source, worker, until, is_half_open, pattern, seen_at
FROM wh_circuit
WHERE seen_at > ?1
ORDER BY source, worker
