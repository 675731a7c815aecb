-- Restoring by hand, read back once. Nothing is compared.
CREATE TABLE raw_restored (ts TIMESTAMP, sensor_id INTEGER, value DOUBLE);
INSERT INTO raw_restored SELECT * FROM read_parquet('{folder}/raw.parquet');
SELECT count(*), sum(hash(ts, sensor_id, value)) FROM raw_restored;
