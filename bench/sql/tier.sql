-- One tier more by hand: built from the nearest finer tier, as the cascade builds its others; a transaction a day.
CREATE TABLE raw_{tier}_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE, value_min DOUBLE, value_max DOUBLE,
  value_first DOUBLE, value_first_at TIMESTAMP, value_last DOUBLE, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);
-- each day

BEGIN TRANSACTION;

INSERT INTO raw_{tier}_states
SELECT make_timestamp({us} + b::BIGINT * {micros}), sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             arg_min(value_first, value_first_at) f, min(value_first_at) fa, arg_max(value_last, value_last_at) l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT ((epoch_us(ts) - {us}) // {micros})::INTEGER b, * FROM raw_{input}_states WHERE ts >= {from} AND ts < {to})
      GROUP BY b, sensor_id);

COMMIT;
