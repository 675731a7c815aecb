-- Every statement that Varve sends to CrateDB, as it is sent, with example arguments.
-- Those marked "untried" were not run on a real server. The others were, on CrateDB 6.4.3, in this form or one that
-- differs in names, numbers and the columns that are asked for.

-- books at once
-- untried
-- ?1 TEXT 'schema_version'
-- ?2 TEXT 'deleted'
SELECT p.document, p.revision, p.sha256, p.yaml, p.applied_us, p.applied_by, p.pattern, p.pattern_revision, p.kind,
  p.policy, l.version, l.shown, l.document, (SELECT value FROM "varve"."meta" WHERE name = ?), (SELECT count(*) FROM "varve"."holds")
FROM "varve"."policies" AS p JOIN (SELECT policy, max(revision) AS revision FROM "varve"."policies" GROUP BY policy) AS n ON p.policy = n.policy AND p.revision = n.revision
LEFT JOIN "varve"."ledgers" AS l ON l.policy = p.policy
WHERE p.state <> ? ORDER BY p.policy;

-- books of a run
-- untried
-- ?1 TEXT 'schema_version'
-- ?2 TEXT 'running'
-- ?3 TEXT 'deleted'
SELECT p.document, p.revision, p.sha256, p.yaml, p.applied_us, p.applied_by, p.pattern, p.pattern_revision, p.kind,
  (SELECT value FROM "varve"."meta" WHERE name = ?), (SELECT count(*) FROM "varve"."archives" WHERE pruned_us IS NULL AND pruning_us IS NOT NULL), (SELECT count(*) FROM "varve"."holds"), (SELECT seq FROM "varve"."audit" ORDER BY seq DESC LIMIT 1), (SELECT hash FROM "varve"."audit" ORDER BY seq DESC LIMIT 1), (SELECT count(*) FROM "varve"."runs" WHERE status = ?), (SELECT count(*) FROM "varve"."runs" WHERE started_us < 1737763200000000)
FROM "varve"."policies" AS p JOIN (SELECT policy, max(revision) AS revision FROM "varve"."policies" GROUP BY policy) AS n ON p.policy = n.policy AND p.revision = n.revision
WHERE p.state <> ? ORDER BY p.policy;

-- catalog columns
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT column_name, data_type, generation_expression, numeric_scale FROM information_schema.columns
WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position;

-- catalog missing shards
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve_t'
-- ?4 TEXT 'cpu'
-- ?5 TEXT 'varve_t'
-- ?6 TEXT 'cpu'
SELECT p.ident, p.shards, coalesce(s.n, 0), p.closed FROM (
  SELECT partition_ident AS ident, number_of_shards AS shards, closed FROM information_schema.table_partitions
    WHERE table_schema = ? AND table_name = ?
  UNION ALL SELECT '', number_of_shards, closed FROM information_schema.tables
    WHERE table_schema = ? AND table_name = ? AND partitioned_by IS NULL) p
LEFT JOIN (SELECT coalesce(partition_ident, '') AS ident, count(*) AS n FROM sys.shards
  WHERE schema_name = ? AND table_name = ? AND primary AND routing_state IN ('STARTED', 'RELOCATING')
  GROUP BY 1) s ON s.ident = p.ident
WHERE coalesce(s.n, 0) < p.shards OR p.closed ORDER BY 1;

-- catalog missing shards, several tables
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve'
-- ?4 TEXT 'leases'
-- ?5 TEXT 'varve_t'
-- ?6 TEXT 'cpu'
-- ?7 TEXT 'varve'
-- ?8 TEXT 'leases'
-- ?9 TEXT 'varve_t'
-- ?10 TEXT 'cpu'
-- ?11 TEXT 'varve'
-- ?12 TEXT 'leases'
SELECT p.ident, p.shards, coalesce(s.n, 0), p.closed, p.of_schema, p.of_table FROM (
  SELECT table_schema AS of_schema, table_name AS of_table, partition_ident AS ident, number_of_shards AS shards, closed
    FROM information_schema.table_partitions WHERE ("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)
  UNION ALL SELECT table_schema, table_name, '', number_of_shards, closed FROM information_schema.tables
    WHERE (("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)) AND partitioned_by IS NULL) p
LEFT JOIN (SELECT schema_name AS of_schema, table_name AS of_table, coalesce(partition_ident, '') AS ident, count(*) AS n
  FROM sys.shards WHERE (("schema_name" = ? AND table_name = ?) OR ("schema_name" = ? AND table_name = ?)) AND primary AND routing_state IN ('STARTED', 'RELOCATING')
  GROUP BY 1, 2, 3) s ON s.of_schema = p.of_schema AND s.of_table = p.of_table AND s.ident = p.ident
WHERE coalesce(s.n, 0) < p.shards OR p.closed ORDER BY 5, 6, 1;

-- catalog partitions
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partition_ident, "values", number_of_shards, closed,
  settings['routing']['allocation']['require'], settings['blocks']['write'], number_of_replicas
FROM information_schema.table_partitions WHERE table_schema = ? AND table_name = ? ORDER BY partition_ident;

-- catalog partitions with their shards
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve'
-- ?4 TEXT 'leases'
-- ?5 TEXT 'varve_t'
-- ?6 TEXT 'cpu'
-- ?7 TEXT 'varve'
-- ?8 TEXT 'leases'
SELECT p.ident, p.parts, p.shards, p.closed, p.place, p.blocked, p.replicas, p.of_schema, p.of_table,
  s.partition_uuid, s.id, s.changes, s.num_docs, s.size FROM (
  SELECT table_schema AS of_schema, table_name AS of_table, partition_ident AS ident, "values" AS parts, number_of_shards AS shards,
    closed, settings['routing']['allocation']['require'] AS place, settings['blocks']['write'] AS blocked,
    number_of_replicas AS replicas FROM information_schema.table_partitions WHERE ("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)) p
LEFT JOIN (SELECT schema_name AS of_schema, table_name AS of_table, coalesce(partition_ident, '') AS ident, partition_uuid, id,
    seq_no_stats['max_seq_no'] AS changes, num_docs, size FROM sys.shards
  WHERE (("schema_name" = ? AND table_name = ?) OR ("schema_name" = ? AND table_name = ?)) AND primary AND routing_state IN ('STARTED', 'RELOCATING')) s
  ON s.of_schema = p.of_schema AND s.of_table = p.of_table AND s.ident = p.ident
ORDER BY p.of_schema, p.of_table, p.ident, s.id;

-- catalog shards
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partition_ident, partition_uuid, id, seq_no_stats['max_seq_no'], num_docs, size FROM sys.shards
WHERE schema_name = ? AND table_name = ? AND primary AND routing_state IN ('STARTED', 'RELOCATING')
ORDER BY partition_ident, id;

-- catalog shards, several tables
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve'
-- ?4 TEXT 'leases'
SELECT partition_ident, partition_uuid, id, seq_no_stats['max_seq_no'], num_docs, size, schema_name, table_name FROM sys.shards
WHERE (("schema_name" = ? AND table_name = ?) OR ("schema_name" = ? AND table_name = ?)) AND primary AND routing_state IN ('STARTED', 'RELOCATING')
ORDER BY schema_name, table_name, partition_ident, id;

-- catalog states
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve'
-- ?4 TEXT 'leases'
-- ?5 TEXT 'varve_t'
-- ?6 TEXT 'cpu'
-- ?7 TEXT 'varve'
-- ?8 TEXT 'leases'
-- ?9 TEXT 'varve_t'
-- ?10 TEXT 'cpu'
-- ?11 TEXT 'varve'
-- ?12 TEXT 'leases'
SELECT p.of_schema, p.of_table, p.ident, p.shards, p.closed, p.blocked, s.partition_uuid, s.id, s.changes, s.num_docs FROM (
  SELECT table_schema AS of_schema, table_name AS of_table, partition_ident AS ident, number_of_shards AS shards, closed,
    settings['blocks']['write'] AS blocked FROM information_schema.table_partitions WHERE ("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)
  UNION ALL SELECT table_schema, table_name, '', number_of_shards, closed, settings['blocks']['write']
    FROM information_schema.tables WHERE (("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)) AND partitioned_by IS NULL) p
LEFT JOIN (SELECT schema_name AS of_schema, table_name AS of_table, coalesce(partition_ident, '') AS ident, partition_uuid, id,
    seq_no_stats['max_seq_no'] AS changes, num_docs FROM sys.shards
  WHERE (("schema_name" = ? AND table_name = ?) OR ("schema_name" = ? AND table_name = ?)) AND primary AND routing_state IN ('STARTED', 'RELOCATING')) s
  ON s.of_schema = p.of_schema AND s.of_table = p.of_table AND s.ident = p.ident
ORDER BY 1, 2, 3, 8;

-- catalog table
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partitioned_by, number_of_shards, closed, settings['routing']['allocation']['require'], settings['blocks']['write'], table_type
FROM information_schema.tables WHERE table_schema = ? AND table_name = ?;

-- catalog tables with their columns
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve'
-- ?4 TEXT 'leases'
-- ?5 TEXT 'varve_t'
-- ?6 TEXT 'cpu'
-- ?7 TEXT 'varve'
-- ?8 TEXT 'leases'
SELECT t.partitioned, t.shards, t.closed, t.place, t.blocked, t.kind, t.of_schema, t.of_table,
  c.column_name, c.data_type, c.generation_expression, c.numeric_scale FROM (
  SELECT table_schema AS of_schema, table_name AS of_table, partitioned_by AS partitioned, number_of_shards AS shards, closed,
    settings['routing']['allocation']['require'] AS place, settings['blocks']['write'] AS blocked, table_type AS kind
    FROM information_schema.tables WHERE ("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)) t
LEFT JOIN (SELECT table_schema AS of_schema, table_name AS of_table, column_name, data_type, generation_expression, numeric_scale,
    ordinal_position AS at FROM information_schema.columns WHERE ("table_schema" = ? AND table_name = ?) OR ("table_schema" = ? AND table_name = ?)) c
  ON c.of_schema = t.of_schema AND c.of_table = t.of_table
ORDER BY t.of_schema, t.of_table, c.at;

-- dialect local date
-- untried
SELECT CASE WHEN "ts" >= 0::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', 'Europe/Berlin', "ts") WHEN "ts" < (-2422054408000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3208000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-1693706400000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-1680483600000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-1663455600000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-1650150000000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-1632006000000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-1618700400000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-938905200000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-857257200000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-844556400000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-828226800000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-812502000000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-796777200000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-781052400000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-776563200000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-765936000000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 10800000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-761180400000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-748479600000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-733273200000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-717631200000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-714610800000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-710380800000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 10800000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-701910000000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-684975600000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-670460400000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-654130800000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < (-639010800000)::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 7200000)::TIMESTAMP WITH TIME ZONE) WHEN "ts" < 0::BIGINT::TIMESTAMP WITH TIME ZONE THEN date_format('%Y-%m-%d', ("ts"::BIGINT + 3600000)::TIMESTAMP WITH TIME ZONE) END AS d FROM "varve_t"."cpu";

-- dialect object keys
-- untried
SELECT "payload"['temperature'] AS t FROM "varve_t"."cpu";

-- dialect quotient
-- untried
SELECT CAST((("ts"::BIGINT - 1699920000000) - ((("ts"::BIGINT - 1699920000000) % 86400000) + 86400000) % 86400000) / 86400000 AS INTEGER) AS day FROM "varve_t"."cpu";

-- dialect real
-- untried
SELECT CASE WHEN "usage"::DOUBLE PRECISION BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage"::DOUBLE PRECISION END FROM "varve_t"."cpu";

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

-- doctor blocked partitions
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT partition_ident, settings['blocks']['read_only'], settings['blocks']['metadata'], settings['blocks']['read_only_allow_delete']
FROM information_schema.table_partitions WHERE table_schema = ? AND table_name = ?
  AND (settings['blocks']['read_only'] OR settings['blocks']['metadata'] OR settings['blocks']['read_only_allow_delete'])
ORDER BY partition_ident;

-- doctor cluster
SELECT name, settings['cluster']['max_shards_per_node'], settings['cluster']['routing']['allocation']['disk'] FROM sys.cluster;

-- doctor failed checks
-- untried
SELECT severity, description FROM sys.checks WHERE NOT passed ORDER BY severity DESC, description;

-- doctor grants
-- untried
SELECT class, ident, type, state FROM sys.privileges WHERE grantee = current_user ORDER BY class, ident, type;

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

-- doctor table settings
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT number_of_replicas, settings['routing']['allocation']['require'] FROM information_schema.tables
WHERE table_schema = ? AND table_name = ?;

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

-- lease create
-- untried
CREATE TABLE IF NOT EXISTS "varve"."locks" (policy TEXT PRIMARY KEY, holder TEXT NOT NULL, fence BIGINT NOT NULL, until TIMESTAMP WITH TIME ZONE NOT NULL)
CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1');

-- lease insert
-- untried
-- ?1 TEXT 'cpu'
-- ?2 TEXT 'run-1'
INSERT INTO "varve"."locks" (policy, holder, fence, until) VALUES (?, ?, 1, (now()::BIGINT + 60000)::TIMESTAMP WITH TIME ZONE) RETURNING "_seq_no", "_primary_term";

-- lease read
-- untried
-- ?1 TEXT 'cpu'
SELECT holder, fence, until::BIGINT, now()::BIGINT, "_seq_no", "_primary_term" FROM "varve"."locks" WHERE policy = ?;

-- lease take
-- untried
-- ?1 TEXT 'run-2'
-- ?2 TEXT 'cpu'
UPDATE "varve"."locks" SET holder = ?, fence = 2, until = (now()::BIGINT + 60000)::TIMESTAMP WITH TIME ZONE
WHERE policy = ? AND "_seq_no" = 12 AND "_primary_term" = 1 RETURNING "_seq_no", "_primary_term";

-- log append
-- untried
-- ?1 TEXT 'entry-8'
-- ?2 TEXT 'entry-7'
-- ?3 TEXT '{}'
INSERT INTO "varve_home"."log_entries" (number, id, follows, body) VALUES (8, ?, ?, ?);

-- log base
-- untried
-- ?1 TEXT 'current'
SELECT name, number, entry, parts, "_seq_no", "_primary_term" FROM "varve_home"."log_bases" WHERE place = ?;

-- log base, first
-- untried
-- ?1 TEXT 'current'
-- ?2 TEXT 'base-2'
-- ?3 TEXT 'entry-7'
INSERT INTO "varve_home"."log_bases" (place, name, number, entry, parts) VALUES (?, ?, 7, ?, 3);

-- log base, next
-- untried
-- ?1 TEXT 'base-2'
-- ?2 TEXT 'entry-7'
-- ?3 TEXT 'current'
UPDATE "varve_home"."log_bases" SET name = ?, number = 7, entry = ?, parts = 3
WHERE place = ? AND "_seq_no" = 12 AND "_primary_term" = 1;

-- log create 1
-- untried
CREATE TABLE IF NOT EXISTS "varve_home"."log_entries" (number BIGINT PRIMARY KEY, id TEXT NOT NULL, follows TEXT NOT NULL, body TEXT INDEX OFF STORAGE WITH (columnstore = false))
CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1');

-- log create 2
-- untried
CREATE TABLE IF NOT EXISTS "varve_home"."log_bases" (place TEXT PRIMARY KEY, name TEXT NOT NULL, number BIGINT NOT NULL, entry TEXT NOT NULL, parts BIGINT NOT NULL)
CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1');

-- log create 3
-- untried
CREATE TABLE IF NOT EXISTS "varve_home"."log_parts" (name TEXT, part BIGINT, body TEXT INDEX OFF STORAGE WITH (columnstore = false), PRIMARY KEY (name, part))
CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1');

-- log part
-- untried
-- ?1 TEXT 'base-2'
SELECT body FROM "varve_home"."log_parts" WHERE name = ? AND part = 1;

-- log part, new
-- untried
-- ?1 TEXT 'base-2'
-- ?2 TEXT '{}'
INSERT INTO "varve_home"."log_parts" (name, part, body) VALUES (?, 1, ?);

-- log part, of a base that was replaced
-- untried
-- ?1 TEXT 'base-1'
DELETE FROM "varve_home"."log_parts" WHERE name = ?;

-- log part, of bases that never were
-- untried
-- ?1 TEXT 'base-1'
-- ?2 TEXT 'base-2'
DELETE FROM "varve_home"."log_parts" WHERE name < ? AND name <> ?;

-- log read
-- untried
SELECT number, id, follows, CASE WHEN number > 7 THEN body END FROM "varve_home"."log_entries"
WHERE number IN (7, 8, 9);

-- log refresh
-- untried
REFRESH TABLE "varve_home"."log_entries", "varve_home"."log_parts";

-- log trim
-- untried
DELETE FROM "varve_home"."log_entries" WHERE number < 7;

-- numbers at once
-- untried
SELECT (SELECT count(*) FROM "varve_t"."cpu"), (SELECT CASE WHEN ("ts" IS NOT NULL AND "ts" >= (-62135596800000)::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 253370764800000::BIGINT::TIMESTAMP WITH TIME ZONE) THEN ("ts"::BIGINT * 1000) END FROM "varve_t"."cpu" WHERE "ts" IS NOT NULL ORDER BY "ts" LIMIT 1), (SELECT CASE WHEN ("ts" IS NOT NULL AND "ts" >= (-62135596800000)::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 253370764800000::BIGINT::TIMESTAMP WITH TIME ZONE) THEN ("ts"::BIGINT * 1000) END FROM "varve_t"."cpu" WHERE "ts" IS NOT NULL ORDER BY "ts" DESC LIMIT 1), (SELECT count(*) FROM "varve_t"."cpu" WHERE NOT ("ts" IS NOT NULL AND "ts" >= (-62135596800000)::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 253370764800000::BIGINT::TIMESTAMP WITH TIME ZONE)), (SELECT count(CASE WHEN "ts" <> (-9223372036854775807)::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" <> 9223372036854775806::BIGINT::TIMESTAMP WITH TIME ZONE THEN 1 END) FROM "varve_t"."cpu" WHERE NOT ("ts" IS NOT NULL AND "ts" >= (-62135596800000)::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 253370764800000::BIGINT::TIMESTAMP WITH TIME ZONE));

-- observer bytes
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
-- ?3 TEXT 'varve'
-- ?4 TEXT 'leases'
SELECT schema_name, table_name, sum(size) FROM sys.shards WHERE (("schema_name" = ? AND table_name = ?) OR ("schema_name" = ? AND table_name = ?)) AND primary GROUP BY 1, 2;

-- observer rows
-- untried
SELECT (SELECT count(*) FROM "varve_t"."cpu"), (SELECT count(*) FROM "varve"."leases");

-- observer tables
-- untried
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('sys', 'information_schema', 'pg_catalog', 'blob') ORDER BY table_schema, table_name;

-- observer views
-- untried
SELECT table_schema, table_name, view_definition FROM information_schema.views ORDER BY table_schema, table_name;

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

-- partition replicas as before
-- untried
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) SET (number_of_replicas = '0-1');

-- partition seal
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) SET ("blocks.write" = true);

-- partition unseal
-- untried
ALTER TABLE "varve_t"."cpu" PARTITION ("day" = 1699920000000) RESET ("blocks.write");

-- place all copies
-- untried
-- ?1 TEXT 'varve_t'
-- ?2 TEXT 'cpu'
SELECT s.id, s.primary, s.node['name'], s.relocating_node, s.routing_state, s.size, s.recovery['size']['percent'], n.attributes, s.partition_ident
FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id']
WHERE s.schema_name = ? AND s.table_name = ? ORDER BY s.partition_ident, s.id, s.primary;

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

-- place room
-- untried
SELECT name, attributes, fs['total']['available'], fs['total']['size'] FROM sys.nodes ORDER BY name;

-- refresh
REFRESH TABLE "varve_t"."cpu";

-- refresh, several tables
-- untried
REFRESH TABLE "varve_t"."cpu", "varve"."leases";

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

-- snapshot begin, a whole table
-- untried
CREATE SNAPSHOT "varve_r"."varve-verify-1" TABLE "varve"."leases"
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

-- tier compare totals
-- untried
SELECT coalesce("varve_computed_varve_rows", 0), coalesce("varve_stored_varve_rows", 0)
FROM (SELECT arbitrary("varve_rows") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_rows", arbitrary("usage_count") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_max", arbitrary("usage_first_at") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_first_at", arbitrary("usage_last_at") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_last_at", arbitrary("usage_nan") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_nan", arbitrary("usage_pinf") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_pinf", arbitrary("usage_ninf") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_ninf", arbitrary("hits_count") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_sum", arbitrary("varve_magnitude_0") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_0", arbitrary("varve_rows") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_rows", arbitrary("usage_count") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_max", arbitrary("usage_first_at") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_first_at", arbitrary("usage_last_at") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_last_at", arbitrary("usage_nan") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_nan", arbitrary("usage_pinf") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_pinf", arbitrary("usage_ninf") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_ninf", arbitrary("hits_count") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_sum"
FROM (SELECT 1 AS varve_side, "varve_rows", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first_at", "usage_last_at", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_magnitude_0" FROM (SELECT count(*) AS "varve_rows", count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS "usage_count", CAST(sum(CAST(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS "usage_min", max(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS "usage_max", min(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "ts" END) AS "usage_first_at", max(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "ts" END) AS "usage_last_at", count(CASE WHEN "usage" = 'NaN'::DOUBLE PRECISION THEN 1 END) AS "usage_nan", count(CASE WHEN "usage" = 'Infinity'::DOUBLE PRECISION THEN 1 END) AS "usage_pinf", count("usage") - count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) - count(CASE WHEN "usage" = 'NaN'::DOUBLE PRECISION THEN 1 END) - count(CASE WHEN "usage" = 'Infinity'::DOUBLE PRECISION THEN 1 END) AS "usage_ninf", count("hits") AS "hits_count", CAST(sum(CAST("hits" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum", (CAST(sum(CAST(abs(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS DOUBLE PRECISION)) AS NUMERIC)) AS DOUBLE PRECISION) * greatest(1, 1e-7 * count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END))) AS "varve_magnitude_0" FROM "varve_t"."cpu" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_computed
UNION ALL SELECT 2 AS varve_side, "varve_rows", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first_at", "usage_last_at", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", NULL FROM (SELECT CAST(sum("varve_rows") AS BIGINT) AS "varve_rows", CAST(sum("usage_count") AS BIGINT) AS "usage_count", CAST(sum(CAST("usage_sum" AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min("usage_min") AS "usage_min", max("usage_max") AS "usage_max", min("usage_first_at") AS "usage_first_at", max("usage_last_at") AS "usage_last_at", CAST(sum("usage_nan") AS BIGINT) AS "usage_nan", CAST(sum("usage_pinf") AS BIGINT) AS "usage_pinf", CAST(sum("usage_ninf") AS BIGINT) AS "usage_ninf", CAST(sum("hits_count") AS BIGINT) AS "hits_count", CAST(sum(CAST("hits_sum" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum" FROM "varve_t"."cpu_1m_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_stored) AS varve_sides) AS varve_beside
WHERE coalesce("varve_computed_varve_rows", 0) <> coalesce("varve_stored_varve_rows", 0) OR "varve_computed_usage_count" IS DISTINCT FROM "varve_stored_usage_count" OR NOT ("varve_computed_usage_sum" IS NOT DISTINCT FROM "varve_stored_usage_sum" OR coalesce(abs("varve_computed_usage_sum" - "varve_stored_usage_sum") <= 1e-9 * "varve_computed_varve_magnitude_0", false)) OR "varve_computed_usage_min" IS DISTINCT FROM "varve_stored_usage_min" OR "varve_computed_usage_max" IS DISTINCT FROM "varve_stored_usage_max" OR "varve_computed_usage_first_at" IS DISTINCT FROM "varve_stored_usage_first_at" OR "varve_computed_usage_last_at" IS DISTINCT FROM "varve_stored_usage_last_at" OR "varve_computed_usage_nan" IS DISTINCT FROM "varve_stored_usage_nan" OR "varve_computed_usage_pinf" IS DISTINCT FROM "varve_stored_usage_pinf" OR "varve_computed_usage_ninf" IS DISTINCT FROM "varve_stored_usage_ninf" OR "varve_computed_hits_count" IS DISTINCT FROM "varve_stored_hits_count" OR "varve_computed_hits_sum" IS DISTINCT FROM "varve_stored_hits_sum";

-- tier compare with buckets
-- untried
SELECT varve_bucket, count(*), max(CASE WHEN varve_found < varve_kept THEN 1 ELSE 0 END) = 1, max(CASE WHEN varve_found >= varve_kept THEN 1 ELSE 0 END) = 1, sum(varve_found), sum(varve_kept), count(*) FILTER (WHERE varve_kept > 0)
FROM (SELECT (coalesce("varve_computed_ts", "varve_stored_ts")::BIGINT * 1000) AS varve_bucket, coalesce("varve_computed_varve_rows", 0) AS varve_found, coalesce("varve_stored_varve_rows", 0) AS varve_kept FROM (SELECT arbitrary("ts") FILTER (WHERE varve_side = 1) AS "varve_computed_ts", arbitrary("host") FILTER (WHERE varve_side = 1) AS "varve_computed_host", arbitrary("site") FILTER (WHERE varve_side = 1) AS "varve_computed_site", arbitrary("varve_rows") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_rows", arbitrary("varve_covered") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_covered", arbitrary("varve_length") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_length", arbitrary("usage_count") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_max", arbitrary("usage_first") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_first", arbitrary("usage_first_at") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_first_at", arbitrary("usage_last") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_last", arbitrary("usage_last_at") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_last_at", arbitrary("usage_mean") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_mean", arbitrary("usage_m2") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_m2", arbitrary("usage_nan") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_nan", arbitrary("usage_pinf") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_pinf", arbitrary("usage_ninf") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_ninf", arbitrary("hits_count") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_sum", arbitrary("varve_magnitude_0") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_0", arbitrary("varve_magnitude_1") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_1", arbitrary("varve_magnitude_2") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_2", arbitrary("ts") FILTER (WHERE varve_side = 2) AS "varve_stored_ts", arbitrary("host") FILTER (WHERE varve_side = 2) AS "varve_stored_host", arbitrary("site") FILTER (WHERE varve_side = 2) AS "varve_stored_site", arbitrary("varve_rows") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_rows", arbitrary("varve_covered") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_covered", arbitrary("varve_length") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_length", arbitrary("usage_count") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_max", arbitrary("usage_first") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_first", arbitrary("usage_first_at") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_first_at", arbitrary("usage_last") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_last", arbitrary("usage_last_at") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_last_at", arbitrary("usage_mean") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_mean", arbitrary("usage_m2") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_m2", arbitrary("usage_nan") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_nan", arbitrary("usage_pinf") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_pinf", arbitrary("usage_ninf") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_ninf", arbitrary("hits_count") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_sum"
FROM (SELECT 1 AS varve_side, "ts", "host", "site", "varve_rows", "varve_covered", "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_magnitude_0", "varve_magnitude_1", "varve_magnitude_2" FROM (SELECT ((CAST(1700002800000000 AS BIGINT) - ((CAST(1700002800000000 AS BIGINT) % 1000) + 1000) % 1000) / 1000)::TIMESTAMP WITH TIME ZONE AS "ts", "host", "site", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", CAST(86400000 AS BIGINT) AS "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_magnitude_0", "varve_magnitude_1", "varve_magnitude_2" FROM (SELECT "varve_bucket", "host", "site", CAST(sum("varve_rows") AS BIGINT) AS "varve_rows", CAST(sum("varve_covered") AS BIGINT) AS "varve_covered", CAST(sum("usage_count") AS BIGINT) AS "usage_count", CAST(sum(CAST("usage_sum" AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min("usage_min") AS "usage_min", max("usage_max") AS "usage_max", min_by("usage_first", "usage_first_at") FILTER (WHERE "usage_first" IS NOT NULL) AS "usage_first", min("usage_first_at") AS "usage_first_at", max_by("usage_last", "usage_last_at") FILTER (WHERE "usage_last" IS NOT NULL) AS "usage_last", max("usage_last_at") AS "usage_last_at", CAST(sum(CAST("usage_count" * "usage_mean" AS NUMERIC)) AS DOUBLE PRECISION) / nullif(sum("usage_count"), 0) AS "usage_mean", (CAST(sum(CAST("usage_m2" AS NUMERIC)) AS DOUBLE PRECISION) + CAST(CAST(sum("usage_count") AS NUMERIC) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) - sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) AS DOUBLE PRECISION) / nullif(sum("usage_count"), 0)) AS "usage_m2", CAST(sum("usage_nan") AS BIGINT) AS "usage_nan", CAST(sum("usage_pinf") AS BIGINT) AS "usage_pinf", CAST(sum("usage_ninf") AS BIGINT) AS "usage_ninf", CAST(sum("hits_count") AS BIGINT) AS "hits_count", CAST(sum(CAST("hits_sum" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum", (CAST(sum(CAST(abs("usage_sum") + 1e-6 * sqrt("usage_count" * greatest("usage_m2" + "usage_count" * "usage_mean" * "usage_mean", 0)) * "usage_count" AS NUMERIC)) AS DOUBLE PRECISION) * greatest(1, 1e-7 * count(*))) AS "varve_magnitude_0", (max(abs("usage_mean") + 1e-6 * sqrt("usage_count" * greatest("usage_m2" + "usage_count" * "usage_mean" * "usage_mean", 0))) * greatest(1, 1e-7 * count(*))) AS "varve_magnitude_1", ((CAST(sum(CAST("usage_m2" AS NUMERIC)) AS DOUBLE PRECISION) + CAST(CAST(sum("usage_count") AS NUMERIC) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) - sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) AS DOUBLE PRECISION) / nullif(sum("usage_count"), 0)) + 1e-3 * sqrt(greatest((CAST(sum(CAST("usage_m2" AS NUMERIC)) AS DOUBLE PRECISION) + CAST(CAST(sum("usage_count") AS NUMERIC) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) - sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) AS DOUBLE PRECISION) / nullif(sum("usage_count"), 0)), 0)) * sqrt(greatest(CAST(sum(CAST("usage_m2" + "usage_count" * "usage_mean" * "usage_mean" AS NUMERIC)) AS DOUBLE PRECISION), 0)) + (1e-15 + 1e-22 * count(*) * count(*)) * (CAST(sum(CAST("usage_m2" + "usage_count" * "usage_mean" * "usage_mean" AS NUMERIC)) AS DOUBLE PRECISION))) AS "varve_magnitude_2" FROM (SELECT 0 AS "varve_bucket", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum" FROM "varve_t"."cpu_1m_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_input GROUP BY "varve_bucket", "host", "site") AS varve_grouped) AS varve_computed
UNION ALL SELECT 2 AS varve_side, "ts", "host", "site", "varve_rows", "varve_covered", "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", NULL, NULL, NULL FROM (SELECT "ts", "host", "site", "varve_rows", "varve_covered", "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum" FROM "varve_t"."cpu_1d_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_stored) AS varve_sides GROUP BY "ts", "host", "site") AS varve_beside WHERE 1 = 0 OR "varve_computed_varve_rows" IS DISTINCT FROM "varve_stored_varve_rows" OR "varve_computed_usage_count" IS DISTINCT FROM "varve_stored_usage_count" OR NOT ("varve_computed_usage_sum" IS NOT DISTINCT FROM "varve_stored_usage_sum" OR coalesce(abs("varve_computed_usage_sum" - "varve_stored_usage_sum") <= 1e-9 * "varve_computed_varve_magnitude_0", false)) OR "varve_computed_usage_min" IS DISTINCT FROM "varve_stored_usage_min" OR "varve_computed_usage_max" IS DISTINCT FROM "varve_stored_usage_max" OR "varve_computed_usage_first" IS DISTINCT FROM "varve_stored_usage_first" OR "varve_computed_usage_first_at" IS DISTINCT FROM "varve_stored_usage_first_at" OR "varve_computed_usage_last" IS DISTINCT FROM "varve_stored_usage_last" OR "varve_computed_usage_last_at" IS DISTINCT FROM "varve_stored_usage_last_at" OR NOT ("varve_computed_usage_mean" IS NOT DISTINCT FROM "varve_stored_usage_mean" OR coalesce(abs("varve_computed_usage_mean" - "varve_stored_usage_mean") <= 1e-9 * "varve_computed_varve_magnitude_1", false)) OR NOT ("varve_computed_usage_m2" IS NOT DISTINCT FROM "varve_stored_usage_m2" OR coalesce(abs("varve_computed_usage_m2" - "varve_stored_usage_m2") <= 1e-9 * "varve_computed_varve_magnitude_2", false)) OR "varve_computed_usage_nan" IS DISTINCT FROM "varve_stored_usage_nan" OR "varve_computed_usage_pinf" IS DISTINCT FROM "varve_stored_usage_pinf" OR "varve_computed_usage_ninf" IS DISTINCT FROM "varve_stored_usage_ninf" OR "varve_computed_hits_count" IS DISTINCT FROM "varve_stored_hits_count" OR "varve_computed_hits_sum" IS DISTINCT FROM "varve_stored_hits_sum") AS varve_differing
GROUP BY varve_bucket ORDER BY varve_bucket;

-- tier compare with rows
-- untried
SELECT varve_bucket, count(*), max(CASE WHEN varve_found < varve_kept THEN 1 ELSE 0 END) = 1, max(CASE WHEN varve_found >= varve_kept THEN 1 ELSE 0 END) = 1, sum(varve_found), sum(varve_kept), count(*) FILTER (WHERE varve_kept > 0)
FROM (SELECT (coalesce("varve_computed_ts", "varve_stored_ts")::BIGINT * 1000) AS varve_bucket, coalesce("varve_computed_varve_rows", 0) AS varve_found, coalesce("varve_stored_varve_rows", 0) AS varve_kept FROM (SELECT arbitrary("ts") FILTER (WHERE varve_side = 1) AS "varve_computed_ts", arbitrary("host") FILTER (WHERE varve_side = 1) AS "varve_computed_host", arbitrary("site") FILTER (WHERE varve_side = 1) AS "varve_computed_site", arbitrary("varve_rows") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_rows", arbitrary("varve_covered") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_covered", arbitrary("usage_count") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_max", arbitrary("usage_first") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_first", arbitrary("usage_first_at") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_first_at", arbitrary("usage_last") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_last", arbitrary("usage_last_at") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_last_at", arbitrary("usage_mean") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_mean", arbitrary("usage_m2") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_m2", arbitrary("usage_nan") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_nan", arbitrary("usage_pinf") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_pinf", arbitrary("usage_ninf") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_ninf", arbitrary("hits_count") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_sum", arbitrary("varve_magnitude_0") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_0", arbitrary("varve_magnitude_1") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_1", arbitrary("varve_magnitude_2") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_2", arbitrary("ts") FILTER (WHERE varve_side = 2) AS "varve_stored_ts", arbitrary("host") FILTER (WHERE varve_side = 2) AS "varve_stored_host", arbitrary("site") FILTER (WHERE varve_side = 2) AS "varve_stored_site", arbitrary("varve_rows") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_rows", arbitrary("varve_covered") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_covered", arbitrary("usage_count") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_max", arbitrary("usage_first") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_first", arbitrary("usage_first_at") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_first_at", arbitrary("usage_last") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_last", arbitrary("usage_last_at") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_last_at", arbitrary("usage_mean") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_mean", arbitrary("usage_m2") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_m2", arbitrary("usage_nan") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_nan", arbitrary("usage_pinf") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_pinf", arbitrary("usage_ninf") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_ninf", arbitrary("hits_count") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_sum"
FROM (SELECT 1 AS varve_side, "ts", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_magnitude_0", "varve_magnitude_1", "varve_magnitude_2" FROM (SELECT (((1700002800000000 + (CAST("varve_bucket" AS BIGINT) - 0) * 60000000) - (((1700002800000000 + (CAST("varve_bucket" AS BIGINT) - 0) * 60000000) % 1000) + 1000) % 1000) / 1000)::TIMESTAMP WITH TIME ZONE AS "ts", "host", "site", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_magnitude_0", "varve_magnitude_1", "varve_magnitude_2" FROM (SELECT "varve_bucket", "host", "site", count(*) AS "varve_rows", count("varve_value_0") AS "usage_count", CAST(sum(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min("varve_value_0") AS "usage_min", max("varve_value_0") AS "usage_max", min_by("varve_settled_0", "varve_at_0") FILTER (WHERE "varve_settled_0" IS NOT NULL) AS "usage_first", min("varve_at_0") AS "usage_first_at", max_by("varve_settled_0", "varve_at_0") FILTER (WHERE "varve_settled_0" IS NOT NULL) AS "usage_last", max("varve_at_0") AS "usage_last_at", avg(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION)) AS "usage_mean", (CAST(CAST(count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION)) AS NUMERIC) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC) * CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) - sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) / count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION))) AS "usage_m2", count(CASE WHEN "varve_raw_0" = 'NaN'::DOUBLE PRECISION THEN 1 END) AS "usage_nan", count(CASE WHEN "varve_raw_0" = 'Infinity'::DOUBLE PRECISION THEN 1 END) AS "usage_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN "varve_raw_0" = 'NaN'::DOUBLE PRECISION THEN 1 END) - count(CASE WHEN "varve_raw_0" = 'Infinity'::DOUBLE PRECISION THEN 1 END) AS "usage_ninf", count("varve_value_1") AS "hits_count", CAST(sum(CAST("varve_value_1" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum", (CAST(sum(CAST(abs(CAST("varve_value_0" AS DOUBLE PRECISION)) AS NUMERIC)) AS DOUBLE PRECISION) * greatest(1, 1e-7 * count("varve_value_0"))) AS "varve_magnitude_0", (avg(abs(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION))) * greatest(1, 1e-7 * count("varve_value_0"))) AS "varve_magnitude_1", ((CAST(CAST(count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION)) AS NUMERIC) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC) * CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) - sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) / count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION))) + 1e-3 * sqrt(greatest((CAST(CAST(count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION)) AS NUMERIC) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC) * CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) - sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) / count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION))), 0)) * sqrt(greatest(CAST(sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) * CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION), 0)) + (1e-15 + 1e-22 * 1 * 1) * (CAST(sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) * CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION))) AS "varve_magnitude_2" FROM (SELECT CAST(((("ts"::BIGINT * 1000) - 1700002800000000) - (((("ts"::BIGINT * 1000) - 1700002800000000) % 60000000) + 60000000) % 60000000) / 60000000 AS INTEGER) AS "varve_bucket", "host", "site", "usage" AS "varve_raw_0", CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS "varve_value_0", CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "ts" END AS "varve_at_0", min(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) OVER (PARTITION BY "ts", "host", "site") AS "varve_settled_0", "hits" AS "varve_raw_1", "hits" AS "varve_value_1", CASE WHEN "hits" IS NOT NULL THEN "ts" END AS "varve_at_1" FROM "varve_t"."cpu" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_input GROUP BY "varve_bucket", "host", "site") AS varve_grouped) AS varve_computed
UNION ALL SELECT 2 AS varve_side, "ts", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", NULL, NULL, NULL FROM (SELECT "ts", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum" FROM "varve_t"."cpu_1m_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_stored) AS varve_sides GROUP BY "ts", "host", "site") AS varve_beside WHERE 1 = 0 OR "varve_computed_varve_rows" IS DISTINCT FROM "varve_stored_varve_rows" OR "varve_computed_usage_count" IS DISTINCT FROM "varve_stored_usage_count" OR NOT ("varve_computed_usage_sum" IS NOT DISTINCT FROM "varve_stored_usage_sum" OR coalesce(abs("varve_computed_usage_sum" - "varve_stored_usage_sum") <= 1e-9 * "varve_computed_varve_magnitude_0", false)) OR "varve_computed_usage_min" IS DISTINCT FROM "varve_stored_usage_min" OR "varve_computed_usage_max" IS DISTINCT FROM "varve_stored_usage_max" OR "varve_computed_usage_first" IS DISTINCT FROM "varve_stored_usage_first" OR "varve_computed_usage_first_at" IS DISTINCT FROM "varve_stored_usage_first_at" OR "varve_computed_usage_last" IS DISTINCT FROM "varve_stored_usage_last" OR "varve_computed_usage_last_at" IS DISTINCT FROM "varve_stored_usage_last_at" OR NOT ("varve_computed_usage_mean" IS NOT DISTINCT FROM "varve_stored_usage_mean" OR coalesce(abs("varve_computed_usage_mean" - "varve_stored_usage_mean") <= 1e-9 * "varve_computed_varve_magnitude_1", false)) OR NOT ("varve_computed_usage_m2" IS NOT DISTINCT FROM "varve_stored_usage_m2" OR coalesce(abs("varve_computed_usage_m2" - "varve_stored_usage_m2") <= 1e-9 * "varve_computed_varve_magnitude_2", false)) OR "varve_computed_usage_nan" IS DISTINCT FROM "varve_stored_usage_nan" OR "varve_computed_usage_pinf" IS DISTINCT FROM "varve_stored_usage_pinf" OR "varve_computed_usage_ninf" IS DISTINCT FROM "varve_stored_usage_ninf" OR "varve_computed_hits_count" IS DISTINCT FROM "varve_stored_hits_count" OR "varve_computed_hits_sum" IS DISTINCT FROM "varve_stored_hits_sum") AS varve_differing
GROUP BY varve_bucket ORDER BY varve_bucket;

-- tier create
-- untried
CREATE TABLE IF NOT EXISTS "varve_t"."cpu_1m_states" (
  "ts" TIMESTAMP WITH TIME ZONE NOT NULL, "host" TEXT, "site" INTEGER, "varve_rows" BIGINT, "varve_covered" BIGINT, "usage_count" BIGINT, "usage_sum" DOUBLE PRECISION, "usage_min" DOUBLE PRECISION, "usage_max" DOUBLE PRECISION, "usage_first" DOUBLE PRECISION, "usage_first_at" TIMESTAMP WITH TIME ZONE, "usage_last" DOUBLE PRECISION, "usage_last_at" TIMESTAMP WITH TIME ZONE, "usage_mean" DOUBLE PRECISION, "usage_m2" DOUBLE PRECISION, "usage_nan" BIGINT, "usage_pinf" BIGINT, "usage_ninf" BIGINT, "hits_count" BIGINT, "hits_sum" NUMERIC(38, 0),
  "varve_key" TEXT NOT NULL,
  "varve_gen" BIGINT NOT NULL,
  "varve_part" TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('month', "ts"),
  PRIMARY KEY ("ts", "varve_key", "varve_part")
) CLUSTERED INTO 1 SHARDS PARTITIONED BY ("varve_part")
  WITH (number_of_replicas = '0-1', column_policy = 'strict');

-- tier recheck
-- untried
SELECT (1700002800000000 + (CAST(coalesce("varve_computed_varve_bucket", "varve_stored_varve_bucket") AS BIGINT) - 0) * 60000000), coalesce("varve_computed_varve_rows", 0), coalesce("varve_stored_varve_rows", 0)
FROM (SELECT arbitrary("varve_bucket") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_bucket", arbitrary("varve_rows") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_rows", arbitrary("usage_count") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 1) AS "varve_computed_usage_max", arbitrary("hits_count") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 1) AS "varve_computed_hits_sum", arbitrary("varve_magnitude_0") FILTER (WHERE varve_side = 1) AS "varve_computed_varve_magnitude_0", arbitrary("varve_bucket") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_bucket", arbitrary("varve_rows") FILTER (WHERE varve_side = 2) AS "varve_stored_varve_rows", arbitrary("usage_count") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_count", arbitrary("usage_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_sum", arbitrary("usage_min") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_min", arbitrary("usage_max") FILTER (WHERE varve_side = 2) AS "varve_stored_usage_max", arbitrary("hits_count") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_count", arbitrary("hits_sum") FILTER (WHERE varve_side = 2) AS "varve_stored_hits_sum"
FROM (SELECT 1 AS varve_side, "varve_bucket", "varve_rows", "usage_count", "usage_sum", "usage_min", "usage_max", "hits_count", "hits_sum", "varve_magnitude_0" FROM (SELECT CAST(((("ts"::BIGINT * 1000) - 1700002800000000) - (((("ts"::BIGINT * 1000) - 1700002800000000) % 60000000) + 60000000) % 60000000) / 60000000 AS INTEGER) AS "varve_bucket", count(*) AS "varve_rows", count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS "usage_count", CAST(sum(CAST(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS "usage_min", max(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) AS "usage_max", count("hits") AS "hits_count", CAST(sum(CAST("hits" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum", (CAST(sum(CAST(abs(CAST(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS DOUBLE PRECISION)) AS NUMERIC)) AS DOUBLE PRECISION) * greatest(1, 1e-7 * count(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END))) AS "varve_magnitude_0" FROM "varve_t"."cpu" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE GROUP BY "varve_bucket") AS varve_computed
UNION ALL SELECT 2 AS varve_side, "varve_bucket", "varve_rows", "usage_count", "usage_sum", "usage_min", "usage_max", "hits_count", "hits_sum", NULL FROM (SELECT CAST(((("ts"::BIGINT * 1000) - 1700002800000000) - (((("ts"::BIGINT * 1000) - 1700002800000000) % 60000000) + 60000000) % 60000000) / 60000000 AS INTEGER) AS "varve_bucket", CAST(sum("varve_rows") AS BIGINT) AS "varve_rows", CAST(sum("usage_count") AS BIGINT) AS "usage_count", CAST(sum(CAST("usage_sum" AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min("usage_min") AS "usage_min", max("usage_max") AS "usage_max", CAST(sum("hits_count") AS BIGINT) AS "hits_count", CAST(sum(CAST("hits_sum" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum" FROM "varve_t"."cpu_1m_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE GROUP BY "varve_bucket") AS varve_stored) AS varve_sides GROUP BY "varve_bucket") AS varve_beside
WHERE coalesce("varve_computed_varve_rows", 0) <> coalesce("varve_stored_varve_rows", 0) OR "varve_computed_usage_count" IS DISTINCT FROM "varve_stored_usage_count" OR NOT ("varve_computed_usage_sum" IS NOT DISTINCT FROM "varve_stored_usage_sum" OR coalesce(abs("varve_computed_usage_sum" - "varve_stored_usage_sum") <= 1e-9 * "varve_computed_varve_magnitude_0", false)) OR "varve_computed_usage_min" IS DISTINCT FROM "varve_stored_usage_min" OR "varve_computed_usage_max" IS DISTINCT FROM "varve_stored_usage_max" OR "varve_computed_hits_count" IS DISTINCT FROM "varve_stored_hits_count" OR "varve_computed_hits_sum" IS DISTINCT FROM "varve_stored_hits_sum"
ORDER BY 1;

-- tier replace from buckets by local days, rows
-- untried
INSERT INTO "varve_t"."cpu_1d_states" ("ts", "host", "site", "varve_rows", "varve_covered", "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_key", "varve_gen") (SELECT "ts", "host", "site", "varve_rows", "varve_covered", "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", (CASE WHEN "host" IS NULL THEN 'n' ELSE 'v' || length("host"::TEXT)::TEXT || ':' || "host"::TEXT END) || '/' || (CASE WHEN "site" IS NULL THEN 'n' ELSE 'v' || length("site"::TEXT)::TEXT || ':' || "site"::TEXT END), 7::BIGINT
FROM (SELECT ((CAST(1700002800000000 AS BIGINT) - ((CAST(1700002800000000 AS BIGINT) % 1000) + 1000) % 1000) / 1000)::TIMESTAMP WITH TIME ZONE AS "ts", "host", "site", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", CAST(86400000 AS BIGINT) AS "varve_length", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum" FROM (SELECT "varve_bucket", "host", "site", CAST(sum("varve_rows") AS BIGINT) AS "varve_rows", CAST(sum("varve_covered") AS BIGINT) AS "varve_covered", CAST(sum("usage_count") AS BIGINT) AS "usage_count", CAST(sum(CAST("usage_sum" AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min("usage_min") AS "usage_min", max("usage_max") AS "usage_max", min_by("usage_first", "usage_first_at") FILTER (WHERE "usage_first" IS NOT NULL) AS "usage_first", min("usage_first_at") AS "usage_first_at", max_by("usage_last", "usage_last_at") FILTER (WHERE "usage_last" IS NOT NULL) AS "usage_last", max("usage_last_at") AS "usage_last_at", CAST(sum(CAST("usage_count" * "usage_mean" AS NUMERIC)) AS DOUBLE PRECISION) / nullif(sum("usage_count"), 0) AS "usage_mean", (CAST(sum(CAST("usage_m2" AS NUMERIC)) AS DOUBLE PRECISION) + CAST(CAST(sum("usage_count") AS NUMERIC) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) - sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) * sum(CAST("usage_count" AS NUMERIC) * CAST("usage_mean" AS NUMERIC)) AS DOUBLE PRECISION) / nullif(sum("usage_count"), 0)) AS "usage_m2", CAST(sum("usage_nan") AS BIGINT) AS "usage_nan", CAST(sum("usage_pinf") AS BIGINT) AS "usage_pinf", CAST(sum("usage_ninf") AS BIGINT) AS "usage_ninf", CAST(sum("hits_count") AS BIGINT) AS "hits_count", CAST(sum(CAST("hits_sum" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum" FROM (SELECT 0 AS "varve_bucket", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum" FROM "varve_t"."cpu_1m_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_input GROUP BY "varve_bucket", "host", "site") AS varve_grouped) AS varve_new)
ON CONFLICT ("ts", "varve_key", "varve_part") DO UPDATE SET
  "host" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."host" ELSE "host" END, "site" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."site" ELSE "site" END, "varve_rows" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."varve_rows" ELSE "varve_rows" END, "varve_covered" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."varve_covered" ELSE "varve_covered" END, "varve_length" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."varve_length" ELSE "varve_length" END, "usage_count" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_count" ELSE "usage_count" END, "usage_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_sum" ELSE "usage_sum" END, "usage_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_min" ELSE "usage_min" END, "usage_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_max" ELSE "usage_max" END, "usage_first" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first" ELSE "usage_first" END, "usage_first_at" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first_at" ELSE "usage_first_at" END, "usage_last" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last" ELSE "usage_last" END, "usage_last_at" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last_at" ELSE "usage_last_at" END, "usage_mean" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_mean" ELSE "usage_mean" END, "usage_m2" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_m2" ELSE "usage_m2" END, "usage_nan" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_nan" ELSE "usage_nan" END, "usage_pinf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_pinf" ELSE "usage_pinf" END, "usage_ninf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_ninf" ELSE "usage_ninf" END, "hits_count" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_count" ELSE "hits_count" END, "hits_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_sum" ELSE "hits_sum" END,
  "varve_gen" = greatest("varve_gen", excluded."varve_gen");

-- tier replace from buckets by local days, what vanished
-- untried
DELETE FROM "varve_t"."cpu_1d_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE AND "varve_gen" < 7;

-- tier replace from rows, rows
-- untried
INSERT INTO "varve_t"."cpu_1m_states" ("ts", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", "varve_key", "varve_gen") (SELECT "ts", "host", "site", "varve_rows", "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum", (CASE WHEN "host" IS NULL THEN 'n' ELSE 'v' || length("host"::TEXT)::TEXT || ':' || "host"::TEXT END) || '/' || (CASE WHEN "site" IS NULL THEN 'n' ELSE 'v' || length("site"::TEXT)::TEXT || ':' || "site"::TEXT END), 7::BIGINT
FROM (SELECT (((1700002800000000 + (CAST("varve_bucket" AS BIGINT) - 0) * 60000000) - (((1700002800000000 + (CAST("varve_bucket" AS BIGINT) - 0) * 60000000) % 1000) + 1000) % 1000) / 1000)::TIMESTAMP WITH TIME ZONE AS "ts", "host", "site", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "usage_count", "usage_sum", "usage_min", "usage_max", "usage_first", "usage_first_at", "usage_last", "usage_last_at", "usage_mean", "usage_m2", "usage_nan", "usage_pinf", "usage_ninf", "hits_count", "hits_sum" FROM (SELECT "varve_bucket", "host", "site", count(*) AS "varve_rows", count("varve_value_0") AS "usage_count", CAST(sum(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) AS "usage_sum", min("varve_value_0") AS "usage_min", max("varve_value_0") AS "usage_max", min_by("varve_settled_0", "varve_at_0") FILTER (WHERE "varve_settled_0" IS NOT NULL) AS "usage_first", min("varve_at_0") AS "usage_first_at", max_by("varve_settled_0", "varve_at_0") FILTER (WHERE "varve_settled_0" IS NOT NULL) AS "usage_last", max("varve_at_0") AS "usage_last_at", avg(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION)) AS "usage_mean", (CAST(CAST(count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION)) AS NUMERIC) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC) * CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) - sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) * sum(CAST(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION) AS NUMERIC)) AS DOUBLE PRECISION) / count(CAST(CAST("varve_value_0" AS DOUBLE PRECISION) AS DOUBLE PRECISION))) AS "usage_m2", count(CASE WHEN "varve_raw_0" = 'NaN'::DOUBLE PRECISION THEN 1 END) AS "usage_nan", count(CASE WHEN "varve_raw_0" = 'Infinity'::DOUBLE PRECISION THEN 1 END) AS "usage_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN "varve_raw_0" = 'NaN'::DOUBLE PRECISION THEN 1 END) - count(CASE WHEN "varve_raw_0" = 'Infinity'::DOUBLE PRECISION THEN 1 END) AS "usage_ninf", count("varve_value_1") AS "hits_count", CAST(sum(CAST("varve_value_1" AS NUMERIC)) AS NUMERIC(38, 0)) AS "hits_sum" FROM (SELECT CAST(((("ts"::BIGINT * 1000) - 1700002800000000) - (((("ts"::BIGINT * 1000) - 1700002800000000) % 60000000) + 60000000) % 60000000) / 60000000 AS INTEGER) AS "varve_bucket", "host", "site", "usage" AS "varve_raw_0", CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END AS "varve_value_0", CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "ts" END AS "varve_at_0", min(CASE WHEN "usage" BETWEEN (-1.7976931348623157e308) AND 1.7976931348623157e308 THEN "usage" END) OVER (PARTITION BY "ts", "host", "site") AS "varve_settled_0", "hits" AS "varve_raw_1", "hits" AS "varve_value_1", CASE WHEN "hits" IS NOT NULL THEN "ts" END AS "varve_at_1" FROM "varve_t"."cpu" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE) AS varve_input GROUP BY "varve_bucket", "host", "site") AS varve_grouped) AS varve_new)
ON CONFLICT ("ts", "varve_key", "varve_part") DO UPDATE SET
  "host" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."host" ELSE "host" END, "site" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."site" ELSE "site" END, "varve_rows" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."varve_rows" ELSE "varve_rows" END, "varve_covered" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."varve_covered" ELSE "varve_covered" END, "usage_count" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_count" ELSE "usage_count" END, "usage_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_sum" ELSE "usage_sum" END, "usage_min" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_min" ELSE "usage_min" END, "usage_max" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_max" ELSE "usage_max" END, "usage_first" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first" ELSE "usage_first" END, "usage_first_at" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_first_at" ELSE "usage_first_at" END, "usage_last" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last" ELSE "usage_last" END, "usage_last_at" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_last_at" ELSE "usage_last_at" END, "usage_mean" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_mean" ELSE "usage_mean" END, "usage_m2" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_m2" ELSE "usage_m2" END, "usage_nan" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_nan" ELSE "usage_nan" END, "usage_pinf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_pinf" ELSE "usage_pinf" END, "usage_ninf" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."usage_ninf" ELSE "usage_ninf" END, "hits_count" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_count" ELSE "hits_count" END, "hits_sum" = CASE WHEN excluded."varve_gen" >= "varve_gen" THEN excluded."hits_sum" ELSE "hits_sum" END,
  "varve_gen" = greatest("varve_gen", excluded."varve_gen");

-- tier replace from rows, what vanished
-- untried
DELETE FROM "varve_t"."cpu_1m_states" WHERE "ts" >= 1700002800000::BIGINT::TIMESTAMP WITH TIME ZONE AND "ts" < 1700089200000::BIGINT::TIMESTAMP WITH TIME ZONE AND "varve_gen" < 7;

-- tier widen
-- untried
ALTER TABLE "varve_t"."cpu_1m_states" ADD COLUMN "usage_count" BIGINT;

-- toolkit policies
SELECT * FROM "ext"."retention_policy";

-- windows create
-- untried
CREATE TABLE IF NOT EXISTS "varve"."query_windows" (query VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, row_count BIGINT NOT NULL, revision INTEGER NOT NULL,
run VARCHAR NOT NULL, done_by VARCHAR NOT NULL, done_us BIGINT NOT NULL, PRIMARY KEY ("query", "from_us", "to_us")) CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = '0-1');

-- windows done
-- untried
-- ?1 TEXT 'sums'
-- ?2 TEXT 'run-1'
-- ?3 TEXT 'ann'
INSERT INTO "varve"."query_windows" (query, from_us, to_us, row_count, revision, run, done_by, done_us)
VALUES (?, 1699920000000000, 1699923600000000, 1, 1, ?, ?, 1699923600000000);

-- windows forget
-- untried
-- ?1 TEXT 'sums'
DELETE FROM "varve"."query_windows" WHERE query = ? AND from_us < 1699923600000000 AND to_us > 1699920000000000;

-- windows of a query
-- untried
-- ?1 TEXT 'sums'
SELECT from_us, to_us, row_count, revision, run, done_by, done_us FROM "varve"."query_windows"
WHERE query = ? AND from_us < 1699923600000000 AND to_us > 1699920000000000 ORDER BY from_us;
