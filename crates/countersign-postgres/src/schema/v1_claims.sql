-- The time, for every statement: of the server, so that machines agree. Tests replace it to move the clock.
CREATE FUNCTION {schema}.now_() RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT statement_timestamp()';

-- Fences of all claims: a row that comes back after it was forgotten still gets a higher one.
CREATE SEQUENCE {schema}.fence;

-- Inline mode: one row per delivery. state: 0 released, 1 running, 2 done.
CREATE TABLE {schema}.claim (
    key bytea PRIMARY KEY,
    fence bigint NOT NULL,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 2),
    token bytea NOT NULL,
    body_digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
) WITH (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX claim_ended ON {schema}.claim (ended_at) WHERE state <> 1;

-- Whose the signed bytes are, where the signature does not cover the id. It counts while the claim has that fence.
CREATE TABLE {schema}.claim_guard (
    digest bytea PRIMARY KEY,
    key bytea NOT NULL,
    fence bigint NOT NULL
) WITH (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX claim_guard_key ON {schema}.claim_guard (key);
