-- Claims of processes that ended while they ran, entries of the audit log that were kept long enough, and bodies in the
-- common partition.
CREATE INDEX claim_running ON {schema}.claim (expires_at) WHERE state = 1;
CREATE INDEX audit_at ON {schema}.audit (at);
CREATE INDEX body_default_day ON {schema}.body_default (day);
CREATE INDEX attempt_default_day ON {schema}.attempt_default (day);
