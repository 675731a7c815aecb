-- The cascade as it is without rules: no NaN, no infinities, no NULL, any tie, rows counted once.
CREATE TABLE raw_1m_states (ts TIMESTAMP, sensor_id INTEGER, n BIGINT, s DOUBLE, mi DOUBLE, ma DOUBLE, f DOUBLE, fa TIMESTAMP, l DOUBLE, la TIMESTAMP);
CREATE TABLE raw_10m_states (ts TIMESTAMP, sensor_id INTEGER, n BIGINT, s DOUBLE, mi DOUBLE, ma DOUBLE, f DOUBLE, fa TIMESTAMP, l DOUBLE, la TIMESTAMP);
CREATE TABLE raw_1h_states (ts TIMESTAMP, sensor_id INTEGER, n BIGINT, s DOUBLE, mi DOUBLE, ma DOUBLE, f DOUBLE, fa TIMESTAMP, l DOUBLE, la TIMESTAMP);
CREATE TABLE raw_1d_states (ts TIMESTAMP, sensor_id INTEGER, n BIGINT, s DOUBLE, mi DOUBLE, ma DOUBLE, f DOUBLE, fa TIMESTAMP, l DOUBLE, la TIMESTAMP);
-- each day
BEGIN TRANSACTION;

INSERT INTO raw_1m_states
SELECT make_timestamp({us} + b::BIGINT * 60000000), sensor_id, n, s, mi, ma, f, fa, l, la
FROM (SELECT ((epoch_us(ts) - {us}) // 60000000)::INTEGER b, sensor_id, count(*) n, sum(value) s, min(value) mi, max(value) ma,
             arg_min(value, ts) f, min(ts) fa, arg_max(value, ts) l, max(ts) la
      FROM raw WHERE ts >= {from} AND ts < {to}
      GROUP BY b, sensor_id);

INSERT INTO raw_10m_states
SELECT make_timestamp({us} + b::BIGINT * 600000000), sensor_id, n, s, mi, ma, f, fa, l, la
FROM (SELECT ((epoch_us(ts) - {us}) // 600000000)::INTEGER b, sensor_id, sum(n)::BIGINT n, sum(s) s, min(mi) mi, max(ma) ma,
             arg_min(f, fa) f, min(fa) fa, arg_max(l, la) l, max(la) la
      FROM raw_1m_states WHERE ts >= {from} AND ts < {to}
      GROUP BY b, sensor_id);

INSERT INTO raw_1h_states
SELECT make_timestamp({us} + b::BIGINT * 3600000000), sensor_id, n, s, mi, ma, f, fa, l, la
FROM (SELECT ((epoch_us(ts) - {us}) // 3600000000)::INTEGER b, sensor_id, sum(n)::BIGINT n, sum(s) s, min(mi) mi, max(ma) ma,
             arg_min(f, fa) f, min(fa) fa, arg_max(l, la) l, max(la) la
      FROM raw_10m_states WHERE ts >= {from} AND ts < {to}
      GROUP BY b, sensor_id);

INSERT INTO raw_1d_states
SELECT make_timestamp({us} + b::BIGINT * 86400000000), sensor_id, n, s, mi, ma, f, fa, l, la
FROM (SELECT ((epoch_us(ts) - {us}) // 86400000000)::INTEGER b, sensor_id, sum(n)::BIGINT n, sum(s) s, min(mi) mi, max(ma) ma,
             arg_min(f, fa) f, min(fa) fa, arg_max(l, la) l, max(la) la
      FROM raw_1h_states WHERE ts >= {from} AND ts < {to}
      GROUP BY b, sensor_id);

COMMIT;
