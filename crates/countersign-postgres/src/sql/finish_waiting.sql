-- The same, where a row that is locked is waited for.
{finish}