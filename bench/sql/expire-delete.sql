-- What a script without a proof does.
-- each day
DELETE FROM raw WHERE ts >= {from} AND ts < {to};
