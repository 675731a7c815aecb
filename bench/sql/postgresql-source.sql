-- The source of the PostgreSQL cases: series of one value every 10 s, as heap and in partitions of a day. {rows} and {series} are numbers; a blank line ends a statement.
CREATE TABLE raw (ts TIMESTAMP, sensor_id INTEGER, value DOUBLE PRECISION);

INSERT INTO raw
SELECT TIMESTAMP '2025-01-01' + (i / {series}) * INTERVAL '10 seconds', CAST(i % {series} AS INTEGER),
       CASE abs(CAST(hashint8(i + 7) AS BIGINT)) % 4000 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN NULL
            ELSE round(CAST(20 + 10 * sin(i / {series} / 500.0 + i % {series}) AS NUMERIC), 4) + abs(CAST(hashint8(i) AS BIGINT)) % 100000 / 12345 END
FROM generate_series(CAST(0 AS BIGINT), {rows} - 1) AS i;

CREATE INDEX raw_ts ON raw (ts);

CREATE TABLE days (ts TIMESTAMP, sensor_id INTEGER, value DOUBLE PRECISION) PARTITION BY RANGE (ts);

DO $$ BEGIN
  FOR d IN 0..5 LOOP
    EXECUTE format('CREATE TABLE days_%s PARTITION OF days FOR VALUES FROM (%L) TO (%L)', d, DATE '2025-01-01' + d, DATE '2025-01-01' + d + 1);
  END LOOP;
END $$;

INSERT INTO days SELECT * FROM raw;

VACUUM ANALYZE;
