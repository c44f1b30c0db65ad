-- A publication of all tables, as for change capture and upgrades by logical replication, refuses updates and deletions in tables whose rows
-- it cannot name.
ALTER TABLE {schema}.version REPLICA IDENTITY FULL;
ALTER TABLE {schema}.event_delta REPLICA IDENTITY FULL;
ALTER TABLE {schema}.event_total REPLICA IDENTITY FULL;
ALTER TABLE {schema}.error_delta REPLICA IDENTITY FULL;
ALTER TABLE {schema}.due_bound REPLICA IDENTITY FULL;
