-- What is locked is being written by others: that is as good.
UPDATE {schema}.version
SET probed_at = {schema}.now_()
WHERE ctid = (SELECT ctid FROM {schema}.version LIMIT 1 FOR UPDATE SKIP LOCKED)
