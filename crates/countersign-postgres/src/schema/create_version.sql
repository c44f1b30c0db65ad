CREATE TABLE {schema}.version (version int4 NOT NULL, required int4 NOT NULL, probed_at timestamptz);
INSERT INTO {schema}.version (version, required) VALUES (0, 1);
