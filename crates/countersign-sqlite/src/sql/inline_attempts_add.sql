INSERT INTO wh_inline_attempt(source, provider, tenant, external_id, event_type, fence, ended_at, took, outcome, failure, code, error,
    worker)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
