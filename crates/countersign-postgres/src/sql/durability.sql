SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::bool, current_setting('fsync')::bool,
       current_setting('synchronous_commit'), current_setting('synchronous_standby_names')
