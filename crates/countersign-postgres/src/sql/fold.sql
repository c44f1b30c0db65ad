SELECT {schema}.fold_event_counts()
