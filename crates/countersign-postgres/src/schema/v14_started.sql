-- Whether the lease was extended after its claim: the handler had started.
ALTER TABLE {schema}.event ADD COLUMN is_started boolean NOT NULL DEFAULT false;
