-- Skips a locked row: it is being written, which proves the same.
UPDATE {schema}.version
SET probed_at = {schema}.now_()
WHERE ctid = (SELECT ctid FROM {schema}.version LIMIT 1 FOR UPDATE SKIP LOCKED)
