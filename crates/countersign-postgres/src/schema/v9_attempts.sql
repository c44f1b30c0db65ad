-- Every attempt leaves a row: the successful ones, too. Rows of earlier versions have nothing in these columns, and none is
-- written again. An error is empty where the outcome has none.
ALTER TABLE {schema}.attempt
    ADD COLUMN started_at timestamptz,
    ADD COLUMN worker text,
    ADD COLUMN failure text,
    ADD COLUMN code integer,
    ADD COLUMN replayed_by text;
-- Of the latest lease, of the latest replay, and of the latest attempt.
ALTER TABLE {schema}.event
    ADD COLUMN claimed_at timestamptz,
    ADD COLUMN replayed_by text,
    ADD COLUMN code integer;
