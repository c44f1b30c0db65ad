-- Whether the lease was extended after its claim: the handler had started.
ALTER TABLE wh_event ADD COLUMN is_started INTEGER NOT NULL DEFAULT 0;
