-- One tier more by hand: built from the source, as the cascade builds its finest; a transaction a day.
CREATE TABLE raw_{tier}_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE, value_min DOUBLE, value_max DOUBLE,
  value_first DOUBLE, value_first_at TIMESTAMP, value_last DOUBLE, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);
-- each day

BEGIN TRANSACTION;

INSERT INTO raw_{tier}_states
SELECT make_timestamp({us} + b::BIGINT * {micros}), sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, x - c - nan - pinf
FROM (SELECT b, sensor_id, count(*) n, count(v) c, sum(v) s, min(v) mi, max(v) ma, arg_min(v, k1) f, min(tf) fa, arg_min(v, k2) l, max(tf) la,
             count(*) FILTER (isnan(value)) nan, count(*) FILTER (value = 'Infinity'::DOUBLE) pinf, count(value) x
      FROM (SELECT ((epoch_us(ts) - {us}) // {micros})::INTEGER b, sensor_id, value,
                   CASE WHEN isfinite(value) THEN value END v, CASE WHEN isfinite(value) THEN ts END tf,
                   create_sort_key(CASE WHEN isfinite(value) THEN ts END, 'ASC NULLS LAST', value, 'ASC NULLS LAST') k1,
                   create_sort_key(CASE WHEN isfinite(value) THEN ts END, 'DESC NULLS LAST', value, 'ASC NULLS LAST') k2
            FROM raw WHERE ts >= {from} AND ts < {to})
      GROUP BY b, sensor_id);

COMMIT;
