id, source, provider, tenant, external_id, event_type, fence, ended_at, took, outcome, failure, code, error, worker
