-- The number of events that a change was done to after the first part of it.
ALTER TABLE {schema}.audit ADD COLUMN more bigint NOT NULL DEFAULT 0;
