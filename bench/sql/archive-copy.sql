-- Archiving by hand: one ordered COPY, read back once, then the rows go. Nothing is compared.
COPY (SELECT * FROM raw WHERE ts >= {from} AND ts < {to} ORDER BY ts) TO '{folder}/raw.parquet' (FORMAT parquet, COMPRESSION zstd);
SELECT count(*), sum(hash(ts, sensor_id, value)) FROM read_parquet('{folder}/raw.parquet');
DELETE FROM raw WHERE ts >= {from} AND ts < {to};
