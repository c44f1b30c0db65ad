-- 4 unverified. Rows are not read again: each has one of the states that were allowed before.
ALTER TABLE {schema}.event DROP CONSTRAINT event_state_check;
ALTER TABLE {schema}.event ADD CONSTRAINT event_state_check CHECK (state BETWEEN 0 AND 4) NOT VALID;
-- 0, or 1 and the number of isolated attempts in a row that ended without an outcome.
ALTER TABLE {schema}.event ADD COLUMN isolation integer NOT NULL DEFAULT 0;
-- Of the latest lease.
ALTER TABLE {schema}.event ADD COLUMN instance bigint NOT NULL DEFAULT 0;
CREATE INDEX event_isolated ON {schema}.event (source, due_at, id) WHERE state < 2 AND isolation > 0;
CREATE INDEX event_unverified ON {schema}.event (source, id) WHERE state = 4;
