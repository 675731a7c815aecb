-- The same without an order.
COPY (SELECT * FROM raw WHERE ts >= {from} AND ts < {to}) TO '{folder}/raw.parquet' (FORMAT parquet, COMPRESSION zstd);
SELECT count(*), sum(hash(ts, sensor_id, value)) FROM read_parquet('{folder}/raw.parquet');
DELETE FROM raw WHERE ts >= {from} AND ts < {to};
