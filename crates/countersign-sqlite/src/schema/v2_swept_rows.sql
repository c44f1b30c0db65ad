-- Claims of processes that ended while they ran, and entries that were kept long enough.
CREATE INDEX wh_claim_lease ON wh_claim(until) WHERE state = 1;
CREATE INDEX wh_audit_at ON wh_audit(at);
