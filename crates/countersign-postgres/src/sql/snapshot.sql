-- The clock in microseconds, the oldest transaction that is under way, and a number above those of all that are: this one's,
-- because those that are under way may have higher numbers than the snapshot says.
SELECT (extract(epoch FROM {schema}.now_()) * 1000000)::int8, txid_snapshot_xmin(s), txid_current()
FROM txid_current_snapshot() s
