INSERT OR REPLACE INTO wh_circuit(source, worker, until, is_half_open, pattern, seen_at)
VALUES(?1, ?2, ?3, ?4, ?5, ?6)
