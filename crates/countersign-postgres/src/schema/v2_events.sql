-- The inbox: one row per event. state: 0 ready, 1 running, 2 done, 3 dead. due_at is when it may be claimed: when
-- it is due, or when the lease of its worker ends.
CREATE TABLE {schema}.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key bytea NOT NULL,
    body_digest bytea NOT NULL,
    -- Of the signed bytes, where the signature does not cover the id; what is suspect has none, and guards nothing.
    guard bytea,
    source text NOT NULL,
    tenant text,
    provider text NOT NULL,
    external_id text,
    event_type text,
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    attempt integer NOT NULL DEFAULT 0,
    replays integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    worker text,
    received_at timestamptz NOT NULL,
    stored_at timestamptz NOT NULL,
    age_from timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    finished_at timestamptz,
    error text,
    -- The partition that its body is in.
    day date NOT NULL
) WITH (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0
);

CREATE UNIQUE INDEX event_key ON {schema}.event (key);
CREATE UNIQUE INDEX event_guard ON {schema}.event (guard) WHERE guard IS NOT NULL;
CREATE INDEX event_due ON {schema}.event (source, due_at, id) WHERE state < 2;
CREATE INDEX event_finished ON {schema}.event (state, finished_at) WHERE state >= 2;
CREATE INDEX event_dead ON {schema}.event (id) WHERE state = 3;
CREATE INDEX event_external_id ON {schema}.event (external_id) WHERE external_id IS NOT NULL;

-- Bodies are dropped by the day. The key of events cannot be partitioned: it is unique over all days.
CREATE TABLE {schema}.body (
    event_id bigint NOT NULL,
    day date NOT NULL,
    head bytea NOT NULL,
    body bytea NOT NULL,
    traceparent text,
    PRIMARY KEY (event_id, day)
) PARTITION BY RANGE (day);

-- A net: nothing is refused because a partition is missing. It also keeps what outlives its day.
CREATE TABLE {schema}.body_default PARTITION OF {schema}.body DEFAULT;

-- Attempts that failed or were skipped.
CREATE TABLE {schema}.attempt (
    event_id bigint NOT NULL,
    attempt integer NOT NULL,
    fence bigint NOT NULL,
    ended_at timestamptz NOT NULL,
    outcome text NOT NULL,
    error text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (event_id, fence, day)
) PARTITION BY RANGE (day);

CREATE TABLE {schema}.attempt_default PARTITION OF {schema}.attempt DEFAULT;

-- Actions of operators, and which dead letters came back by themselves.
CREATE TABLE {schema}.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    events bigint[] NOT NULL,
    detail text
);

CREATE INDEX audit_event ON {schema}.audit ((events[1]), id) WHERE cardinality(events) = 1;
