SELECT set_config('lock_timeout', '50ms', true), {schema}.fold_event_counts(), {schema}.fold_errors()
