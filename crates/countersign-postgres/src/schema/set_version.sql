UPDATE {schema}.version SET version = $1, required = greatest(required, $2)
