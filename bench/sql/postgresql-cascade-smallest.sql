-- The cascade by hand: the same columns, NaN and infinities apart, the smallest of several values at one instant; a transaction a day.

CREATE SCHEMA hand;

CREATE TABLE hand.raw_1m_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE PRECISION, value_min DOUBLE PRECISION, value_max DOUBLE PRECISION,
  value_first DOUBLE PRECISION, value_first_at TIMESTAMP, value_last DOUBLE PRECISION, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);

CREATE TABLE hand.raw_10m_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE PRECISION, value_min DOUBLE PRECISION, value_max DOUBLE PRECISION,
  value_first DOUBLE PRECISION, value_first_at TIMESTAMP, value_last DOUBLE PRECISION, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);

CREATE TABLE hand.raw_1h_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT,
  value_count BIGINT, value_sum DOUBLE PRECISION, value_min DOUBLE PRECISION, value_max DOUBLE PRECISION,
  value_first DOUBLE PRECISION, value_first_at TIMESTAMP, value_last DOUBLE PRECISION, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);

CREATE TABLE hand.raw_1d_states (
  ts TIMESTAMP, sensor_id INTEGER, varve_rows BIGINT, varve_covered BIGINT, varve_length BIGINT,
  value_count BIGINT, value_sum DOUBLE PRECISION, value_min DOUBLE PRECISION, value_max DOUBLE PRECISION,
  value_first DOUBLE PRECISION, value_first_at TIMESTAMP, value_last DOUBLE PRECISION, value_last_at TIMESTAMP,
  value_nan BIGINT, value_pinf BIGINT, value_ninf BIGINT);

-- each day

BEGIN ISOLATION LEVEL REPEATABLE READ;

INSERT INTO hand.raw_1m_states
SELECT b, sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, x - c - nan - pinf
FROM (SELECT b, sensor_id, count(*) n, count(v) c, sum(v) s, min(v) mi, max(v) ma,
             (array_agg(v ORDER BY tf, v) FILTER (WHERE v IS NOT NULL))[1] f, min(tf) fa,
             (array_agg(v ORDER BY tf DESC NULLS LAST, v) FILTER (WHERE v IS NOT NULL))[1] l, max(tf) la,
             count(*) FILTER (WHERE value = 'NaN') nan, count(*) FILTER (WHERE value = 'Infinity') pinf, count(value) x
      FROM (SELECT date_bin('1 minute', ts, '2025-01-01') b, sensor_id, value,
                   CASE WHEN value > '-Infinity' AND value < 'Infinity' THEN value END v,
                   CASE WHEN value > '-Infinity' AND value < 'Infinity' THEN ts END tf
            FROM raw WHERE ts >= '{from}' AND ts < '{to}') i
      GROUP BY b, sensor_id) g;

INSERT INTO hand.raw_10m_states
SELECT b, sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             (array_agg(value_first ORDER BY value_first_at, value_first) FILTER (WHERE value_first IS NOT NULL))[1] f, min(value_first_at) fa,
             (array_agg(value_last ORDER BY value_last_at DESC NULLS LAST, value_last) FILTER (WHERE value_last IS NOT NULL))[1] l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT date_bin('10 minutes', ts, '2025-01-01') b, * FROM hand.raw_1m_states WHERE ts >= '{from}' AND ts < '{to}') i
      GROUP BY b, sensor_id) g;

INSERT INTO hand.raw_1h_states
SELECT b, sensor_id, n, NULL, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             (array_agg(value_first ORDER BY value_first_at, value_first) FILTER (WHERE value_first IS NOT NULL))[1] f, min(value_first_at) fa,
             (array_agg(value_last ORDER BY value_last_at DESC NULLS LAST, value_last) FILTER (WHERE value_last IS NOT NULL))[1] l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT date_bin('1 hour', ts, '2025-01-01') b, * FROM hand.raw_10m_states WHERE ts >= '{from}' AND ts < '{to}') i
      GROUP BY b, sensor_id) g;

INSERT INTO hand.raw_1d_states
SELECT b, sensor_id, n, NULL, 86400000, c, s, mi, ma, f, fa, l, la, nan, pinf, ninf
FROM (SELECT b, sensor_id, sum(varve_rows)::BIGINT n, sum(value_count)::BIGINT c, sum(value_sum) s, min(value_min) mi, max(value_max) ma,
             (array_agg(value_first ORDER BY value_first_at, value_first) FILTER (WHERE value_first IS NOT NULL))[1] f, min(value_first_at) fa,
             (array_agg(value_last ORDER BY value_last_at DESC NULLS LAST, value_last) FILTER (WHERE value_last IS NOT NULL))[1] l, max(value_last_at) la,
             sum(value_nan)::BIGINT nan, sum(value_pinf)::BIGINT pinf, sum(value_ninf)::BIGINT ninf
      FROM (SELECT date_bin('1 day', ts, '2025-01-01') b, * FROM hand.raw_1h_states WHERE ts >= '{from}' AND ts < '{to}') i
      GROUP BY b, sensor_id) g;

COMMIT;
