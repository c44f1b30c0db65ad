-- Whether a kind may have a text in it.
SELECT instr(?1, {kind}) > 0 FROM (SELECT ?2 AS error)
