-- Expiry by hand: every state of every minute and series is computed again and compared, then the day goes; one snapshot.
-- each day
BEGIN TRANSACTION;

SELECT count(*) AS must_be_zero
FROM (SELECT make_timestamp({us} + b::BIGINT * 60000000) ts, sensor_id, n, c, s, ab, mi, ma, f, fa, l, la, nan, pinf, x - c - nan - pinf AS ninf
      FROM (SELECT b, sensor_id, count(*) n, count(v) c, sum(v) s, sum(abs(v)) ab, min(v) mi, max(v) ma,
                   arg_min(v, k1) f, min(tf) fa, arg_min(v, k2) l, max(tf) la,
                   count(*) FILTER (isnan(value)) nan, count(*) FILTER (value = 'Infinity'::DOUBLE) pinf, count(value) x
            FROM (SELECT ((epoch_us(ts) - {us}) // 60000000)::INTEGER b, sensor_id, value,
                         CASE WHEN isfinite(value) THEN value END v, CASE WHEN isfinite(value) THEN ts END tf,
                         create_sort_key(CASE WHEN isfinite(value) THEN ts END, 'ASC NULLS LAST', value, 'ASC NULLS LAST') k1,
                         create_sort_key(CASE WHEN isfinite(value) THEN ts END, 'DESC NULLS LAST', value, 'ASC NULLS LAST') k2
                  FROM raw WHERE ts >= {from} AND ts < {to})
            GROUP BY b, sensor_id)) c
FULL JOIN (SELECT * FROM raw_1m_states WHERE ts >= {from} AND ts < {to}) t ON c.ts = t.ts AND c.sensor_id IS NOT DISTINCT FROM t.sensor_id
WHERE c.n IS DISTINCT FROM t.varve_rows OR c.c IS DISTINCT FROM t.value_count
   OR NOT (c.s IS NOT DISTINCT FROM t.value_sum OR coalesce(abs(c.s - t.value_sum) <= 1e-9 * c.ab, false))
   OR c.mi IS DISTINCT FROM t.value_min OR c.ma IS DISTINCT FROM t.value_max
   OR c.f IS DISTINCT FROM t.value_first OR c.fa IS DISTINCT FROM t.value_first_at
   OR c.l IS DISTINCT FROM t.value_last OR c.la IS DISTINCT FROM t.value_last_at
   OR c.nan IS DISTINCT FROM t.value_nan OR c.pinf IS DISTINCT FROM t.value_pinf OR c.ninf IS DISTINCT FROM t.value_ninf;

DELETE FROM raw WHERE ts >= {from} AND ts < {to};

COMMIT;
