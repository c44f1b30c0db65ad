-- Skips a locked row: it is being written, which proves the same. Returns the settings on which the durability of commits depends.
WITH probed AS (
    UPDATE {schema}.version
    SET probed_at = {schema}.now_()
    WHERE ctid = (SELECT ctid FROM {schema}.version LIMIT 1 FOR UPDATE SKIP LOCKED)
)
SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('synchronous_standby_names')
