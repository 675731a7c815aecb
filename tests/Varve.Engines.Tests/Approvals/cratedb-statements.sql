-- Every statement that Varve sends to CrateDB, as it is sent, with example arguments.
-- Those marked "untried" were not run on a real server. The others were, on CrateDB 6.4.3, in this form or one that
-- differs in names, numbers and the columns that are asked for.

-- bucket binned, half a second
SELECT date_bin('PT1.5S'::INTERVAL, "ts", (-864000000000000)) AS bucket, count(*) FROM "varve_t"."cpu" GROUP BY 1;

-- bucket binned, other origin
SELECT date_bin('604800 seconds'::INTERVAL, "ts", (-864000000000000)) AS bucket, count(*) FROM "varve_t"."cpu" GROUP BY 1;

-- bucket disagreements
-- untried
SELECT count(*) FROM unnest([1743202800000, 1743289200000, 1743372000000]::BIGINT[], [1743116400000, 1743202800000, 1743289200000]::BIGINT[]) AS b(lo, prev)
WHERE date_trunc('day', 'Europe/Berlin', lo::TIMESTAMP WITH TIME ZONE)::BIGINT <> lo
  OR date_trunc('day', 'Europe/Berlin', (lo - 1)::TIMESTAMP WITH TIME ZONE)::BIGINT <> prev;

-- bucket listed
-- untried
SELECT (CASE WHEN "ts" < 1743202800000 THEN 1743116400000 WHEN "ts" < 1743289200000 THEN 1743202800000 WHEN "ts" < 1743372000000 THEN 1743289200000 END)::BIGINT::TIMESTAMP WITH TIME ZONE AS bucket, count(*) FROM "varve_t"."cpu" GROUP BY 1;

-- catalog columns
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT column_name, data_type, generation_expression FROM information_schema.columns
WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position;

-- catalog missing shards
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve_t'
-- ?4 TEXT 'cpu'
SELECT p.partition_ident, p.number_of_shards, coalesce(s.n, 0), p.closed FROM information_schema.table_partitions p
LEFT JOIN (SELECT partition_ident, count(*) AS n FROM sys.shards
  WHERE schema_name = ? AND table_name = ? AND primary AND routing_state IN ('STARTED', 'RELOCATING')
  GROUP BY 1) s ON s.partition_ident = p.partition_ident
WHERE p.table_schema = ? AND p.table_name = ? AND (coalesce(s.n, 0) < p.number_of_shards OR p.closed)
ORDER BY p.partition_ident;

-- catalog partitions
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partition_ident, "values", number_of_shards, closed,
  settings['routing']['allocation']['require'], settings['blocks']['write']
FROM information_schema.table_partitions WHERE table_schema = ? AND table_name = ? ORDER BY partition_ident;

-- catalog shards
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partition_ident, partition_uuid, id, seq_no_stats['max_seq_no'], num_docs, size FROM sys.shards
WHERE schema_name = ? AND table_name = ? AND primary AND routing_state IN ('STARTED', 'RELOCATING')
ORDER BY partition_ident, id;

-- catalog table
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partitioned_by, number_of_shards, closed, settings['routing']['allocation']['require'], settings['blocks']['write']
FROM information_schema.tables WHERE table_schema = ? AND table_name = ?;

-- dialect local date
-- untried
SELECT date_format('%Y-%m-%d', 'Europe/Berlin', "ts") AS d FROM "varve_t"."cpu";

-- dialect object keys
-- untried
SELECT "payload"['temperature'] AS t FROM "varve_t"."cpu";

-- dialect quotient
-- untried
SELECT CAST((("ts"::BIGINT - 1699920000000) - ((("ts"::BIGINT - 1699920000000) % 86400000) + 86400000) % 86400000) / 86400000 AS INTEGER) AS day FROM "varve_t"."cpu";

-- dialect states
-- untried
SELECT CAST(sum(CAST("hits" AS NUMERIC)) AS NUMERIC(38, 0)) AS s, (CAST(CAST(count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS NUMERIC) * sum(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS NUMERIC) * CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS NUMERIC)) - sum(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS NUMERIC)) * sum(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS NUMERIC)) AS DOUBLE PRECISION) / count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END)) AS m2, min_by("usage", "ts") FILTER (WHERE "usage" IS NOT NULL) AS f, max_by("usage", "ts") FILTER (WHERE "usage" IS NOT NULL) AS l, count(*) FILTER (WHERE "usage" = 'NaN'::DOUBLE PRECISION) AS nans FROM "varve_t"."cpu";

-- dialect time
-- untried
SELECT ("ts"::BIGINT * 1000) AS us, ((1700006400123456 - ((1700006400123456 % 1000) + 1000) % 1000) / 1000)::TIMESTAMP WITH TIME ZONE AS t FROM "varve_t"."cpu";

-- dialect time value
-- untried
SELECT count(*) FROM "varve_t"."cpu" WHERE ("ts" IS NOT NULL AND "ts" >= (-62135596800000)::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 253370764800000::BIGINT::TIMESTAMP WITH TIME ZONE) AND "ts" < 9223372036854775806::BIGINT::TIMESTAMP WITH TIME ZONE;

-- dialect typed number
-- untried
-- ?1 TEXT '42'
SELECT TRY_CAST(? AS BIGINT) AS n;

-- dialect typed time
-- untried
-- ?1 TEXT '2025-03-01T00:00:00Z'
-- ?2 TEXT '2025-03-01T00:00:00Z'
SELECT CASE WHEN ? LIKE '%-%-%' THEN TRY_CAST(? AS TIMESTAMP WITH TIME ZONE) END AS t;

-- doctor cluster
SELECT name, settings['cluster']['max_shards_per_node'], settings['cluster']['routing']['allocation']['disk'] FROM sys.cluster;

-- doctor failed checks
-- untried
SELECT severity, description FROM sys.checks WHERE NOT passed ORDER BY severity DESC, description;

-- doctor identity
-- untried
SELECT current_user, current_schema, now();

-- doctor nodes
-- untried
SELECT name, version['number'], attributes, fs['total']['size'], fs['total']['available'], heap['max'] FROM sys.nodes ORDER BY name;

-- doctor partition counts
-- untried
SELECT table_schema, table_name, count(*), sum(number_of_shards) FROM information_schema.table_partitions
GROUP BY 1, 2 ORDER BY 1, 2;

-- doctor rights
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'varve_t.cpu'
-- ?3 TEXT 'varve_t.cpu'
-- ?4 TEXT 'varve_t.cpu'
SELECT has_schema_privilege(?, 'CREATE'), has_table_privilege(?, 'SELECT'),
  has_table_privilege(?, 'INSERT'), has_table_privilege(?, 'DELETE');

-- doctor shards of nodes
-- untried
SELECT node['name'], count(*) FROM sys.shards WHERE node['name'] IS NOT NULL GROUP BY 1 ORDER BY 1;

-- doctor superuser
SELECT superuser FROM sys.users WHERE name = current_user;

-- doctor unhealthy
-- untried
SELECT table_schema, table_name, partition_ident, health, missing_shards, underreplicated_shards FROM sys.health
WHERE health <> 'GREEN' ORDER BY severity DESC, table_schema, table_name, partition_ident;

-- jobs kill
-- ?1 TEXT '0fcb8d5c-1a4f-4a3c-8f3c-2d1e5f6a7b8c'
KILL ?;

-- jobs of a run
-- ?1 TEXT '/* varve run-1:3 */%'
SELECT id, started FROM sys.jobs WHERE stmt LIKE ?;

-- partition drop, NULL
DELETE FROM "varve_t"."cpu" WHERE ("day" IS NULL);

-- partition drop, one column
DELETE FROM "varve_t"."cpu" WHERE "day" IN (1699920000000, 1700006400000);

-- partition drop, two columns
-- ?1 TEXT 'eu'
DELETE FROM "varve_t"."cpu" WHERE ("day" = 1699920000000 AND "region" = ?);

-- partition merge
OPTIMIZE TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) WITH (max_num_segments = 1);

-- partition refresh
REFRESH TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000);

-- partition replicas
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) SET (number_of_replicas = 1);

-- partition seal
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) SET ("blocks.write" = true);

-- partition unseal
-- untried
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) RESET ("blocks.write");

-- place copies
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT '04732dhp74sj4c1g60o30c1g'
SELECT s.id, s.primary, s.node['name'], s.relocating_node, s.routing_state, s.size, s.recovery['size']['percent'], n.attributes
FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id']
WHERE s.schema_name = ? AND s.table_name = ? AND s.partition_ident = ? ORDER BY s.id, s.primary;

-- place forget
-- untried
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) RESET ("routing.allocation.require.storage");

-- place move
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) SET ("routing.allocation.require.storage" = 'warm');

-- place move, new partitions
ALTER TABLE ONLY "varve_t"."cpu" SET ("routing.allocation.require.storage" = 'hot');

-- place reasons
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT '04732dhp74sj4c1g60o30c1g'
SELECT shard_id, node_id, current_state, explanation FROM sys.allocations
WHERE table_schema = ? AND table_name = ? AND partition_ident = ? ORDER BY shard_id;

-- refresh
REFRESH TABLE "varve_t"."cpu";

-- repository create, fs
CREATE REPOSITORY "varve_r" TYPE fs WITH ("location" = '/backup/r1', "compress" = 'true');

-- repository create, s3
-- untried
CREATE REPOSITORY "varve_r" TYPE s3 WITH ("bucket" = 'b', "access_key" = 'AK', "secret_key" = 'SK');

-- repository list
SELECT name, type, settings FROM sys.repositories ORDER BY name;

-- row change
-- untried
-- ?1 TEXT 'run-2'
-- ?2 TEXT 'cpu'
UPDATE "varve"."leases" SET "holder" = ?, "token" = "token" + 1
WHERE "policy" = ? AND "_seq_no" = 12 AND "_primary_term" = 1 RETURNING "_seq_no", "_primary_term";

-- row insert
-- untried
-- ?1 TEXT 'cpu'
-- ?2 TEXT 'run-1'
INSERT INTO "varve"."leases" ("policy", "holder", "token", "expires")
VALUES (?, ?, 1, (now()::BIGINT + 60000)::TIMESTAMP WITH TIME ZONE) RETURNING "_seq_no", "_primary_term";

-- row read
-- ?1 TEXT 'cpu'
SELECT "holder", "token", "expires", "_seq_no", "_primary_term"
FROM "varve"."leases" WHERE "policy" = ?;

-- row remove
-- ?1 TEXT 'cpu'
DELETE FROM "varve"."leases" WHERE "policy" = ? AND "_seq_no" = 12 AND "_primary_term" = 1;

-- snapshot begin
CREATE SNAPSHOT "varve_r"."varve-cpu-1" TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000), "varve_t"."cpu" PARTITION ("day" = 1700006400000)
WITH (wait_for_completion = false);

-- snapshot drop
DROP SNAPSHOT "varve_r"."varve-cpu-1";

-- snapshot restore
RESTORE SNAPSHOT "varve_r"."varve-cpu-1" TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) WITH (wait_for_completion = true);

-- snapshot restore beside
-- untried
RESTORE SNAPSHOT "varve_r"."varve-cpu-1" TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000)
WITH (wait_for_completion = true, table_rename_pattern = '^cpu$', table_rename_replacement = 'cpu_drill');

-- snapshot state
-- ?1 TEXT 'varve_r'
-- ?2 TEXT 'varve-cpu-1'
SELECT state, failures, reason, total_shards, table_partitions, tables FROM sys.snapshots
WHERE repository = ? AND name = ?;

-- tier create
-- untried
CREATE TABLE IF NOT EXISTS "varve_t"."cpu_1m" (
  "ts" TIMESTAMP WITH TIME ZONE NOT NULL,
  "varve_key" TEXT NOT NULL,
  "varve_gen" BIGINT NOT NULL,
  "host" TEXT, "site" INTEGER, "rows" BIGINT, "usage_n" BIGINT, "usage_nan" BIGINT, "usage_pinf" BIGINT, "usage_ninf" BIGINT, "usage_sum" DOUBLE PRECISION, "usage_min" DOUBLE PRECISION, "usage_max" DOUBLE PRECISION, "usage_mean" DOUBLE PRECISION, "usage_m2" DOUBLE PRECISION, "usage_first_ts" TIMESTAMP WITH TIME ZONE, "usage_first" DOUBLE PRECISION, "usage_last_ts" TIMESTAMP WITH TIME ZONE, "usage_last" DOUBLE PRECISION, "hits_n" BIGINT, "hits_sum" NUMERIC(38, 0), "hits_min" BIGINT, "hits_max" BIGINT,
  "varve_part" TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('month', "ts"),
  PRIMARY KEY ("ts", "varve_key", "varve_part")
) CLUSTERED INTO 2 SHARDS PARTITIONED BY ("varve_part")
  WITH (number_of_replicas = '0-1', column_policy = 'strict');

-- tier expected
-- untried
SELECT count(*), sum(n) FROM (SELECT date_bin('60 seconds'::INTERVAL, "ts", (-864000000000000)) AS bucket, "host", "site", count(*) AS n
  FROM "varve_t"."cpu" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000 GROUP BY 1, 2, 3) g;

-- tier remove older
DELETE FROM "varve_t"."cpu_1m" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000 AND "varve_gen" < 7;

-- tier ties
SELECT date_bin('60 seconds'::INTERVAL, "ts", (-864000000000000)) AS bucket FROM "varve_t"."cpu" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000
GROUP BY 1, "host", "site" HAVING count(DISTINCT "ts") <> count(*);

-- tier upsert by local days
-- untried
INSERT INTO "varve_t"."cpu_1d" ("ts", "host", "site", "varve_key", "varve_gen", "rows", "hits_n", "hits_sum", "hits_min", "hits_max") (SELECT bucket, "host", "site", (CASE WHEN "host" IS NULL THEN 'n' ELSE 'v' || length("host"::TEXT)::TEXT || ':' || "host"::TEXT END) || '/' || (CASE WHEN "site" IS NULL THEN 'n' ELSE 'v' || length("site"::TEXT)::TEXT || ':' || "site"::TEXT END), 7::BIGINT, rows, "hits_n", "hits_sum", "hits_min", "hits_max"
FROM (SELECT date_trunc('day', 'Europe/Berlin', "ts") AS bucket, "host", "site", count(*) AS rows, count("hits") AS "hits_n", sum("hits"::NUMERIC) AS "hits_sum", min("hits") AS "hits_min", max("hits") AS "hits_max"
  FROM (SELECT "ts", "host", "site", "hits" FROM "varve_t"."cpu" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000) r
  GROUP BY 1, 2, 3) g)
ON CONFLICT ("ts", "varve_key", "varve_part") DO UPDATE SET
  "host" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."host" ELSE "host" END, "site" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."site" ELSE "site" END, "rows" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."rows" ELSE "rows" END, "hits_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_n" ELSE "hits_n" END, "hits_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_sum" ELSE "hits_sum" END, "hits_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_min" ELSE "hits_min" END, "hits_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_max" ELSE "hits_max" END,
  "varve_gen" = greatest("varve_gen", excluded."varve_gen");

-- tier upsert from buckets
INSERT INTO "varve_t"."cpu_1h" ("ts", "host", "site", "varve_key", "varve_gen", "rows", "usage_n", "usage_nan", "usage_pinf", "usage_ninf", "usage_sum", "usage_min", "usage_max", "usage_mean", "usage_m2", "usage_first_ts", "usage_first", "usage_last_ts", "usage_last", "hits_n", "hits_sum", "hits_min", "hits_max") (SELECT bucket, "host", "site", "varve_key", 7::BIGINT, rows, "usage_n", "usage_nan", "usage_pinf", "usage_ninf", "usage_s"::DOUBLE PRECISION, "usage_min", "usage_max", "usage_s"::DOUBLE PRECISION / "usage_n", "usage_m2" + (("usage_n"::NUMERIC * "usage_nmm" - "usage_nm" * "usage_nm")::DOUBLE PRECISION) / "usage_n", "usage_first_ts", "usage_first", "usage_last_ts", "usage_last", "hits_n", "hits_sum", "hits_min", "hits_max"
FROM (SELECT date_bin('3600 seconds'::INTERVAL, "ts", (-864000000000000)) AS bucket, "host", "site", "varve_key", sum(rows) AS rows, sum("usage_n") AS "usage_n", sum("usage_nan") AS "usage_nan", sum("usage_pinf") AS "usage_pinf", sum("usage_ninf") AS "usage_ninf", sum("usage_sum"::NUMERIC) AS "usage_s", min("usage_min") AS "usage_min", max("usage_max") AS "usage_max", sum("usage_m2"::NUMERIC)::DOUBLE PRECISION AS "usage_m2", sum("usage_n"::NUMERIC * "usage_mean"::NUMERIC) AS "usage_nm", sum("usage_n"::NUMERIC * "usage_mean"::NUMERIC * "usage_mean"::NUMERIC) AS "usage_nmm", min("usage_first_ts") AS "usage_first_ts", min_by("usage_first", "usage_first_ts") AS "usage_first", max("usage_last_ts") AS "usage_last_ts", max_by("usage_last", "usage_last_ts") AS "usage_last", sum("hits_n") AS "hits_n", sum("hits_sum") AS "hits_sum", min("hits_min") AS "hits_min", max("hits_max") AS "hits_max"
  FROM "varve_t"."cpu_1m" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000
  GROUP BY 1, 2, 3, 4) g)
ON CONFLICT ("ts", "varve_key", "varve_part") DO UPDATE SET
  "host" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."host" ELSE "host" END, "site" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."site" ELSE "site" END, "rows" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."rows" ELSE "rows" END, "usage_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_n" ELSE "usage_n" END, "usage_nan" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_nan" ELSE "usage_nan" END, "usage_pinf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_pinf" ELSE "usage_pinf" END, "usage_ninf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_ninf" ELSE "usage_ninf" END, "usage_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_sum" ELSE "usage_sum" END, "usage_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_min" ELSE "usage_min" END, "usage_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_max" ELSE "usage_max" END, "usage_mean" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_mean" ELSE "usage_mean" END, "usage_m2" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_m2" ELSE "usage_m2" END, "usage_first_ts" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first_ts" ELSE "usage_first_ts" END, "usage_first" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first" ELSE "usage_first" END, "usage_last_ts" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last_ts" ELSE "usage_last_ts" END, "usage_last" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last" ELSE "usage_last" END, "hits_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_n" ELSE "hits_n" END, "hits_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_sum" ELSE "hits_sum" END, "hits_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_min" ELSE "hits_min" END, "hits_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_max" ELSE "hits_max" END,
  "varve_gen" = greatest("varve_gen", excluded."varve_gen");

-- tier upsert from rows
INSERT INTO "varve_t"."cpu_1m" ("ts", "host", "site", "varve_key", "varve_gen", "rows", "usage_n", "usage_nan", "usage_pinf", "usage_ninf", "usage_sum", "usage_min", "usage_max", "usage_mean", "usage_m2", "usage_first_ts", "usage_first", "usage_last_ts", "usage_last", "hits_n", "hits_sum", "hits_min", "hits_max") (SELECT bucket, "host", "site", (CASE WHEN "host" IS NULL THEN 'n' ELSE 'v' || length("host"::TEXT)::TEXT || ':' || "host"::TEXT END) || '/' || (CASE WHEN "site" IS NULL THEN 'n' ELSE 'v' || length("site"::TEXT)::TEXT || ':' || "site"::TEXT END), 7::BIGINT, rows, "usage_n", "usage_nan", "usage_pinf", "usage_ninf", "usage_s"::DOUBLE PRECISION, "usage_min", "usage_max", "usage_s"::DOUBLE PRECISION / "usage_n", (("usage_n"::NUMERIC * "usage_sq" - "usage_s" * "usage_s")::DOUBLE PRECISION) / "usage_n", "usage_first_ts", "usage_first", "usage_last_ts", "usage_last", "hits_n", "hits_sum", "hits_min", "hits_max"
FROM (SELECT date_bin('60 seconds'::INTERVAL, "ts", (-864000000000000)) AS bucket, "host", "site", count(*) AS rows, count("usage_x") AS "usage_n", count(*) FILTER (WHERE "usage" = 'NaN'::DOUBLE PRECISION) AS "usage_nan", count(*) FILTER (WHERE "usage" = 'Infinity'::DOUBLE PRECISION) AS "usage_pinf", count(*) FILTER (WHERE "usage" = '-Infinity'::DOUBLE PRECISION) AS "usage_ninf", min("usage_x") AS "usage_min", max("usage_x") AS "usage_max", sum("usage_x"::NUMERIC) AS "usage_s", sum("usage_x"::NUMERIC * "usage_x"::NUMERIC) AS "usage_sq", min("ts") FILTER (WHERE "usage_x" IS NOT NULL) AS "usage_first_ts", min_by("usage_x", "ts") FILTER (WHERE "usage_x" IS NOT NULL) AS "usage_first", max("ts") FILTER (WHERE "usage_x" IS NOT NULL) AS "usage_last_ts", max_by("usage_x", "ts") FILTER (WHERE "usage_x" IS NOT NULL) AS "usage_last", count("hits") AS "hits_n", sum("hits"::NUMERIC) AS "hits_sum", min("hits") AS "hits_min", max("hits") AS "hits_max"
  FROM (SELECT "ts", "host", "site", "usage", "hits", CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS "usage_x" FROM "varve_t"."cpu" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000) r
  GROUP BY 1, 2, 3) g)
ON CONFLICT ("ts", "varve_key", "varve_part") DO UPDATE SET
  "host" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."host" ELSE "host" END, "site" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."site" ELSE "site" END, "rows" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."rows" ELSE "rows" END, "usage_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_n" ELSE "usage_n" END, "usage_nan" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_nan" ELSE "usage_nan" END, "usage_pinf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_pinf" ELSE "usage_pinf" END, "usage_ninf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_ninf" ELSE "usage_ninf" END, "usage_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_sum" ELSE "usage_sum" END, "usage_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_min" ELSE "usage_min" END, "usage_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_max" ELSE "usage_max" END, "usage_mean" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_mean" ELSE "usage_mean" END, "usage_m2" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_m2" ELSE "usage_m2" END, "usage_first_ts" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first_ts" ELSE "usage_first_ts" END, "usage_first" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first" ELSE "usage_first" END, "usage_last_ts" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last_ts" ELSE "usage_last_ts" END, "usage_last" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last" ELSE "usage_last" END, "hits_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_n" ELSE "hits_n" END, "hits_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_sum" ELSE "hits_sum" END, "hits_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_min" ELSE "hits_min" END, "hits_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_max" ELSE "hits_max" END,
  "varve_gen" = greatest("varve_gen", excluded."varve_gen");

-- tier upsert from rows with ties
INSERT INTO "varve_t"."cpu_1m" ("ts", "host", "site", "varve_key", "varve_gen", "rows", "usage_n", "usage_nan", "usage_pinf", "usage_ninf", "usage_sum", "usage_min", "usage_max", "usage_mean", "usage_m2", "usage_first_ts", "usage_first", "usage_last_ts", "usage_last", "hits_n", "hits_sum", "hits_min", "hits_max") (SELECT bucket, "host", "site", (CASE WHEN "host" IS NULL THEN 'n' ELSE 'v' || length("host"::TEXT)::TEXT || ':' || "host"::TEXT END) || '/' || (CASE WHEN "site" IS NULL THEN 'n' ELSE 'v' || length("site"::TEXT)::TEXT || ':' || "site"::TEXT END), 7::BIGINT, rows, "usage_n", "usage_nan", "usage_pinf", "usage_ninf", "usage_s"::DOUBLE PRECISION, "usage_min", "usage_max", "usage_s"::DOUBLE PRECISION / "usage_n", (("usage_n"::NUMERIC * "usage_sq" - "usage_s" * "usage_s")::DOUBLE PRECISION) / "usage_n", "usage_first_ts", "usage_first", "usage_last_ts", "usage_last", "hits_n", "hits_sum", "hits_min", "hits_max"
FROM (SELECT bucket, "host", "site", sum(rows) AS rows, sum("usage_n") AS "usage_n", sum("usage_nan") AS "usage_nan", sum("usage_pinf") AS "usage_pinf", sum("usage_ninf") AS "usage_ninf", min("usage_min") AS "usage_min", max("usage_max") AS "usage_max", sum("usage_s") AS "usage_s", sum("usage_sq") AS "usage_sq", min("ts") FILTER (WHERE "usage_n" > 0) AS "usage_first_ts", min_by("usage_min", "ts") FILTER (WHERE "usage_n" > 0) AS "usage_first", max("ts") FILTER (WHERE "usage_n" > 0) AS "usage_last_ts", max_by("usage_min", "ts") FILTER (WHERE "usage_n" > 0) AS "usage_last", sum("hits_n") AS "hits_n", sum("hits_sum") AS "hits_sum", min("hits_min") AS "hits_min", max("hits_max") AS "hits_max"
  FROM (SELECT date_bin('60 seconds'::INTERVAL, "ts", (-864000000000000)) AS bucket, "ts", "host", "site", count(*) AS rows, count("usage_x") AS "usage_n", count(*) FILTER (WHERE "usage" = 'NaN'::DOUBLE PRECISION) AS "usage_nan", count(*) FILTER (WHERE "usage" = 'Infinity'::DOUBLE PRECISION) AS "usage_pinf", count(*) FILTER (WHERE "usage" = '-Infinity'::DOUBLE PRECISION) AS "usage_ninf", min("usage_x") AS "usage_min", max("usage_x") AS "usage_max", sum("usage_x"::NUMERIC) AS "usage_s", sum("usage_x"::NUMERIC * "usage_x"::NUMERIC) AS "usage_sq", count("hits") AS "hits_n", sum("hits"::NUMERIC) AS "hits_sum", min("hits") AS "hits_min", max("hits") AS "hits_max"
    FROM (SELECT "ts", "host", "site", "usage", "hits", CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS "usage_x" FROM "varve_t"."cpu" WHERE "ts" >= 1700006400000 AND "ts" < 1700092800000) r
    GROUP BY 1, 2, 3, 4) q
  GROUP BY 1, 2, 3) g)
ON CONFLICT ("ts", "varve_key", "varve_part") DO UPDATE SET
  "host" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."host" ELSE "host" END, "site" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."site" ELSE "site" END, "rows" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."rows" ELSE "rows" END, "usage_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_n" ELSE "usage_n" END, "usage_nan" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_nan" ELSE "usage_nan" END, "usage_pinf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_pinf" ELSE "usage_pinf" END, "usage_ninf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_ninf" ELSE "usage_ninf" END, "usage_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_sum" ELSE "usage_sum" END, "usage_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_min" ELSE "usage_min" END, "usage_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_max" ELSE "usage_max" END, "usage_mean" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_mean" ELSE "usage_mean" END, "usage_m2" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_m2" ELSE "usage_m2" END, "usage_first_ts" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first_ts" ELSE "usage_first_ts" END, "usage_first" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first" ELSE "usage_first" END, "usage_last_ts" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last_ts" ELSE "usage_last_ts" END, "usage_last" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last" ELSE "usage_last" END, "hits_n" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_n" ELSE "hits_n" END, "hits_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_sum" ELSE "hits_sum" END, "hits_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_min" ELSE "hits_min" END, "hits_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_max" ELSE "hits_max" END,
  "varve_gen" = greatest("varve_gen", excluded."varve_gen");

-- toolkit policies
SELECT * FROM "ext"."retention_policy";
