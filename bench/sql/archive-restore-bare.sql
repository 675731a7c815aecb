-- Restoring by hand, not read back.
CREATE TABLE raw_restored (ts TIMESTAMP, sensor_id INTEGER, value DOUBLE);
INSERT INTO raw_restored SELECT * FROM read_parquet('{folder}/raw.parquet');
