-- Whether the handler had started, as far as is known: assumed of an event above suspicion, otherwise set by the first extension of
-- the lease.
ALTER TABLE wh_event ADD COLUMN is_started INTEGER NOT NULL DEFAULT 1;
