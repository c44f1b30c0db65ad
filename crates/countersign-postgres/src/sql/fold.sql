SELECT {schema}.fold_event_counts(), {schema}.fold_errors()
