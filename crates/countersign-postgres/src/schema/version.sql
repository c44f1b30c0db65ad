SELECT version, required FROM {schema}.version
