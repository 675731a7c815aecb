-- The cascade by hand: the same columns, NaN and infinities apart, the smallest of several values at one instant, by a key of both; a transaction a day.
CREATE TABLE raw_1m_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE, value_min DOUBLE, value_max DOUBLE,
  value_first DOUBLE, value_first_at TIMESTAMP, value_last DOUBLE, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);
CREATE TABLE raw_10m_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE, value_min DOUBLE, value_max DOUBLE,
  value_first DOUBLE, value_first_at TIMESTAMP, value_last DOUBLE, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);
CREATE TABLE raw_1h_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE, value_min DOUBLE, value_max DOUBLE,
  value_first DOUBLE, value_first_at TIMESTAMP, value_last DOUBLE, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);
CREATE TABLE raw_1d_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT, varve_length BIGINT,
  value_count BIGINT, value_sum DOUBLE, value_min DOUBLE, value_max DOUBLE,
  value_first DOUBLE, value_first_at TIMESTAMP, value_last DOUBLE, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);
-- each day

BEGIN TRANSACTION;

INSERT INTO raw_1m_states
SELECT make_timestamp({us} + b::BIGINT * 60000000), sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, x - c - nan - pinf
FROM (SELECT b, sensor_id, count(*) n, count(v) c, sum(v) s, min(v) mi, max(v) ma, arg_min(v, k1) f, min(tf) fa, arg_min(v, k2) l, max(tf) la,
             count(*) FILTER (isnan(value)) nan, count(*) FILTER (value = 'Infinity'::DOUBLE) pinf, count(value) x
      FROM (SELECT ((epoch_us(ts) - {us}) // 60000000)::INTEGER b, sensor_id, value,
                   CASE WHEN isfinite(value) THEN value END v, CASE WHEN isfinite(value) THEN ts END tf,
                   create_sort_key(CASE WHEN isfinite(value) THEN ts END, 'ASC NULLS LAST', value, 'ASC NULLS LAST') k1,
                   create_sort_key(CASE WHEN isfinite(value) THEN ts END, 'DESC NULLS LAST', value, 'ASC NULLS LAST') k2
            FROM raw WHERE ts >= {from} AND ts < {to})
      GROUP BY b, sensor_id);

INSERT INTO raw_10m_states
SELECT make_timestamp({us} + b::BIGINT * 600000000), sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             arg_min(value_first, value_first_at) f, min(value_first_at) fa, arg_max(value_last, value_last_at) l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT ((epoch_us(ts) - {us}) // 600000000)::INTEGER b, * FROM raw_1m_states WHERE ts >= {from} AND ts < {to})
      GROUP BY b, sensor_id);

INSERT INTO raw_1h_states
SELECT make_timestamp({us} + b::BIGINT * 3600000000), sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             arg_min(value_first, value_first_at) f, min(value_first_at) fa, arg_max(value_last, value_last_at) l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT ((epoch_us(ts) - {us}) // 3600000000)::INTEGER b, * FROM raw_10m_states WHERE ts >= {from} AND ts < {to})
      GROUP BY b, sensor_id);

INSERT INTO raw_1d_states
SELECT make_timestamp({us} + b::BIGINT * 86400000000), sensor_id, n, NULL, 86400000, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             arg_min(value_first, value_first_at) f, min(value_first_at) fa, arg_max(value_last, value_last_at) l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT ((epoch_us(ts) - {us}) // 86400000000)::INTEGER b, * FROM raw_1h_states WHERE ts >= {from} AND ts < {to})
      GROUP BY b, sensor_id);

COMMIT;
