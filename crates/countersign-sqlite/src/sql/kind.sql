-- The kind of the column `error`, as in the indexes.
replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(
    error), '0', '#'), '1', '#'), '2', '#'), '3', '#'), '4', '#'), '5', '#'), '6', '#'), '7', '#'), '8', '#'), '9', '#'),
    'a', '#'), 'b', '#'), 'c', '#'), 'd', '#'), 'e', '#'), 'f', '#')
