-- Columns that operators list by, within a source and a state: an event in another state is not read.
DROP INDEX {schema}.event_typed;
CREATE INDEX event_typed ON {schema}.event (source, state, hashtext(event_type), id) WHERE event_type IS NOT NULL;
CREATE INDEX event_of_tenant ON {schema}.event (source, state, hashtext(tenant), id) WHERE tenant IS NOT NULL;
DROP INDEX {schema}.event_error;
CREATE INDEX event_error ON {schema}.event ({schema}.error_class(error), hashtext(source), state, id) WHERE error IS NOT NULL;

-- Which values are frequent: of an index that has not every row, the planner does not know.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 140000 THEN
        EXECUTE 'CREATE STATISTICS {schema}.event_types ON (hashtext(event_type)) FROM {schema}.event';
        EXECUTE 'CREATE STATISTICS {schema}.event_tenants ON (hashtext(tenant)) FROM {schema}.event';
    END IF;
END
$$;

-- Leases that expired: a claim that looks for them does not read what waits.
CREATE INDEX event_leased ON {schema}.event (source, due_at, id) WHERE state = 1 AND isolation = 0;
