-- Parameters and columns are those of the function.
SELECT * FROM {schema}.claim_due($1::text[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::text[], $8::int8[],
                                 $9::bool[], $10::int8[], $11::int8[])
