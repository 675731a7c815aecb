-- archive
COPY (SELECT CASE WHEN isfinite("ts") THEN CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) WHEN "ts" = TIMESTAMP 'infinity' THEN 9223372036854775807 WHEN "ts" IS NOT NULL THEN CAST(CAST('-9223372036854775808' AS BIGINT) AS BIGINT) END, CAST("host" AS TEXT), CAST("v" AS DOUBLE PRECISION) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00') TO STDOUT (FORMAT binary);

-- create
CREATE TABLE "m"."cpu_1h_states" AS SELECT "varve_bucket" AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf" FROM (SELECT date_bin(3600000000 * INTERVAL '1 microsecond', "ts", TIMESTAMP '1970-01-01 00:00:00') AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE 1 = 0) AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped;
CREATE INDEX ON "m"."cpu_1h_states" ("ts");

-- discard
DELETE FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '0001-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00';

-- expire
SELECT count(*) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00';
SELECT varve_bucket, count(*), max(CASE WHEN varve_found < varve_kept THEN 1 ELSE 0 END) = 1, max(CASE WHEN varve_found >= varve_kept THEN 1 ELSE 0 END) = 1, sum(varve_found), sum(varve_kept), count(*) FILTER (WHERE varve_kept > 0)
FROM (SELECT CAST(EXTRACT(EPOCH FROM nullif(nullif(coalesce("varve_computed"."ts", "varve_stored"."ts"), TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) AS varve_bucket, coalesce("varve_computed"."varve_rows", 0) AS varve_found, coalesce("varve_stored"."varve_rows", 0) AS varve_kept FROM (SELECT "varve_bucket" AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf", "varve_magnitude_0" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf", (sum(abs(CAST("varve_value_0" AS DOUBLE PRECISION))) * greatest(1, 1e-7 * count("varve_value_0"))) AS "varve_magnitude_0" FROM (SELECT date_bin(3600000000 * INTERVAL '1 microsecond', "ts", TIMESTAMP '2025-01-01 00:00:00') AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00') AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped) AS varve_computed FULL JOIN (SELECT "ts", "host", "varve_rows", "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00') AS varve_stored ON "varve_computed"."ts" = "varve_stored"."ts" AND ARRAY["varve_computed"."host"] = ARRAY["varve_stored"."host"] WHERE 1 = 0 OR "varve_computed"."varve_rows" IS DISTINCT FROM "varve_stored"."varve_rows" OR "varve_computed"."v_count" IS DISTINCT FROM "varve_stored"."v_count" OR NOT ("varve_computed"."v_sum" IS NOT DISTINCT FROM "varve_stored"."v_sum" OR coalesce(abs("varve_computed"."v_sum" - "varve_stored"."v_sum") <= 1e-9 * "varve_computed"."varve_magnitude_0", false)) OR "varve_computed"."v_nan" IS DISTINCT FROM "varve_stored"."v_nan" OR "varve_computed"."v_pinf" IS DISTINCT FROM "varve_stored"."v_pinf" OR "varve_computed"."v_ninf" IS DISTINCT FROM "varve_stored"."v_ninf") AS varve_differing
GROUP BY varve_bucket ORDER BY varve_bucket;
COPY (SELECT CASE WHEN isfinite("ts") THEN CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) WHEN "ts" = TIMESTAMP 'infinity' THEN 9223372036854775807 WHEN "ts" IS NOT NULL THEN CAST(CAST('-9223372036854775808' AS BIGINT) AS BIGINT) END, CAST("host" AS TEXT), CAST("v" AS DOUBLE PRECISION) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00') TO STDOUT (FORMAT binary);
DELETE FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-03 00:00:00';

-- merge
COPY (SELECT CASE WHEN isfinite("ts") THEN CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) WHEN "ts" = TIMESTAMP 'infinity' THEN 9223372036854775807 WHEN "ts" IS NOT NULL THEN CAST(CAST('-9223372036854775808' AS BIGINT) AS BIGINT) END, CAST("host" AS TEXT), CAST("v" AS DOUBLE PRECISION) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00') TO STDOUT (FORMAT binary);
SELECT count(*) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00';
SELECT CAST(coalesce(sum("varve_rows"), 0) AS BIGINT) FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00';
CREATE TABLE "m"."cpu_1h_states_late" AS SELECT "varve_bucket" AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf" FROM (SELECT date_bin(3600000000 * INTERVAL '1 microsecond', "ts", TIMESTAMP '2025-01-02 03:00:00') AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00') AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped;
INSERT INTO "m"."cpu_1h_states_late" ("ts", "host", "varve_rows", "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf") SELECT "ts", "host", "varve_rows", "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM "m"."cpu_1h_states" AS varve_kept WHERE EXISTS (SELECT 1 FROM "m"."cpu_1h_states_late" AS varve_late WHERE varve_late."ts" = varve_kept."ts" AND ARRAY[varve_late."host"] = ARRAY[varve_kept."host"]);
DELETE FROM "m"."cpu_1h_states" AS varve_kept WHERE EXISTS (SELECT 1 FROM "m"."cpu_1h_states_late" AS varve_late WHERE varve_late."ts" = varve_kept."ts" AND ARRAY[varve_late."host"] = ARRAY[varve_kept."host"]);
INSERT INTO "m"."cpu_1h_states" ("ts", "host", "varve_rows", "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf") SELECT "varve_bucket" AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", CAST(sum("varve_rows") AS BIGINT) AS "varve_rows", CAST(sum("varve_covered") AS BIGINT) AS "varve_covered", CAST(sum("v_count") AS BIGINT) AS "v_count", sum("v_sum") AS "v_sum", CAST(sum("v_nan") AS BIGINT) AS "v_nan", CAST(sum("v_pinf") AS BIGINT) AS "v_pinf", CAST(sum("v_ninf") AS BIGINT) AS "v_ninf" FROM (SELECT date_bin(3600000000 * INTERVAL '1 microsecond', "ts", TIMESTAMP '2025-01-02 03:00:00') AS "varve_bucket", "host", "varve_rows", "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM "m"."cpu_1h_states_late" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00') AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped;
DROP TABLE "m"."cpu_1h_states_late";
SELECT count(*) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00';
SELECT CAST(coalesce(sum("varve_rows"), 0) AS BIGINT) FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00';
SELECT count(*) FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00';
DELETE FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-02 03:00:00' AND "ts" < TIMESTAMP '2025-01-02 04:00:00';

-- publish
DO $varve_view$
DECLARE
  varve_step text;
  varve_gone text[];
  varve_again text[];
  varve_body text;
  varve_columns text;
BEGIN
  FOR varve_try IN 1..2 LOOP
    BEGIN
      IF varve_try = 2 THEN
        WITH RECURSIVE varve_readers AS (
  SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'm' AND c.relname = 'cpu_1h'
  UNION ALL
  SELECT r.ev_class, v.depth + 1 FROM varve_readers v
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
), varve_views AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relacl, c.reloptions, max(v.depth) AS depth
  FROM varve_readers v JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY c.oid, n.nspname, c.relname
)
SELECT (SELECT array_agg('DROP VIEW ' || name ORDER BY depth DESC) FROM varve_views WHERE TRUE OR depth > 0),
       (SELECT array_agg(format('CREATE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)) ORDER BY depth) FROM varve_views WHERE depth > 0)
       || (SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
           FROM varve_views, aclexplode(relacl) a WHERE TRUE OR depth > 0)
INTO varve_gone, varve_again;
        FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
        
      END IF;
      
      CREATE OR REPLACE VIEW "m"."cpu_1h" AS SELECT "ts", "host", CAST("v_sum" AS DOUBLE PRECISION) / nullif("v_count", 0) AS "v_avg", "varve_rows", CASE WHEN "varve_covered" >= 3600000 THEN CAST(1 AS DOUBLE PRECISION) ELSE CAST("varve_covered" AS DOUBLE PRECISION) / 3600000 END AS varve_coverage FROM "m"."cpu_1h_states";
      FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
      EXIT;
    EXCEPTION WHEN invalid_table_definition OR invalid_function_definition THEN
      IF varve_try = 2 THEN RAISE; END IF;
    END;
  END LOOP;
END
$varve_view$;
DO $varve_view$
DECLARE
  varve_step text;
  varve_gone text[];
  varve_again text[];
  varve_body text;
  varve_columns text;
BEGIN
  FOR varve_try IN 1..2 LOOP
    BEGIN
      IF varve_try = 2 THEN
        WITH RECURSIVE varve_readers AS (
  SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'm' AND c.relname = 'cpu_1d'
  UNION ALL
  SELECT r.ev_class, v.depth + 1 FROM varve_readers v
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
), varve_views AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relacl, c.reloptions, max(v.depth) AS depth
  FROM varve_readers v JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY c.oid, n.nspname, c.relname
)
SELECT (SELECT array_agg('DROP VIEW ' || name ORDER BY depth DESC) FROM varve_views WHERE TRUE OR depth > 0),
       (SELECT array_agg(format('CREATE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)) ORDER BY depth) FROM varve_views WHERE depth > 0)
       || (SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
           FROM varve_views, aclexplode(relacl) a WHERE TRUE OR depth > 0)
INTO varve_gone, varve_again;
        FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
        
      END IF;
      
      CREATE OR REPLACE VIEW "m"."cpu_1d" AS SELECT "ts", "host", CAST("v_sum" AS DOUBLE PRECISION) / nullif("v_count", 0) AS "v_avg", "varve_rows", CASE WHEN "varve_covered" >= "varve_length" THEN CAST(1 AS DOUBLE PRECISION) ELSE CAST("varve_covered" AS DOUBLE PRECISION) / "varve_length" END AS varve_coverage FROM "m"."cpu_1d_states";
      FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
      EXIT;
    EXCEPTION WHEN invalid_table_definition OR invalid_function_definition THEN
      IF varve_try = 2 THEN RAISE; END IF;
    END;
  END LOOP;
END
$varve_view$;
DO $varve_view$
DECLARE
  varve_step text;
  varve_gone text[];
  varve_again text[];
  varve_body text;
  varve_columns text;
BEGIN
  FOR varve_try IN 1..2 LOOP
    BEGIN
      IF varve_try = 2 THEN
        WITH RECURSIVE varve_readers AS (
  SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'm' AND c.relname = 'cpu_all'
  UNION ALL
  SELECT r.ev_class, v.depth + 1 FROM varve_readers v
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
), varve_views AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relacl, c.reloptions, max(v.depth) AS depth
  FROM varve_readers v JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY c.oid, n.nspname, c.relname
)
SELECT (SELECT array_agg('DROP VIEW ' || name ORDER BY depth DESC) FROM varve_views WHERE TRUE OR depth > 0),
       (SELECT array_agg(format('CREATE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)) ORDER BY depth) FROM varve_views WHERE depth > 0)
       || (SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
           FROM varve_views, aclexplode(relacl) a WHERE TRUE OR depth > 0)
INTO varve_gone, varve_again;
        FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
        DROP FUNCTION IF EXISTS "m"."varve_open_05ee22a48e9e3a8e"();
      END IF;
      varve_body := $varve_open$ SELECT "ts", "host", CAST("v_sum" AS DOUBLE PRECISION) / nullif("v_count", 0) AS "v_avg", "varve_rows", CASE WHEN "varve_covered" >= 3600000 THEN CAST(1 AS DOUBLE PRECISION) ELSE CAST("varve_covered" AS DOUBLE PRECISION) / 3600000 END AS varve_coverage, 'source' AS varve_tier, CAST(3600000 AS DOUBLE PRECISION) / 1000 AS varve_seconds FROM (SELECT (TIMESTAMP '1970-01-01' + ("varve_bucket") / 1000000 * INTERVAL '1 second' + ("varve_bucket") % 1000000 * INTERVAL '1 microsecond') AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf" FROM (SELECT (((CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) - CASE WHEN CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) < 0 THEN CAST(3599999999 AS BIGINT) ELSE 0 END) / 3600000000) * 3600000000) AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '0001-01-01 00:00:00' AND "ts" < TIMESTAMP '9999-01-01 00:00:00') AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped) AS varve_open $varve_open$;
EXECUTE 'CREATE TEMPORARY VIEW varve_types AS ' || varve_body;
SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) INTO varve_columns
FROM pg_attribute a WHERE a.attrelid = 'pg_temp.varve_types'::regclass AND a.attnum > 0;
DROP VIEW pg_temp.varve_types;
EXECUTE format('CREATE OR REPLACE FUNCTION %I.%I() RETURNS TABLE (%s) LANGUAGE sql STABLE AS %L', 'm', 'varve_open_05ee22a48e9e3a8e', varve_columns, varve_body);
      CREATE OR REPLACE VIEW "m"."cpu_all" AS SELECT * FROM "m"."varve_open_05ee22a48e9e3a8e"();
      FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
      EXIT;
    EXCEPTION WHEN invalid_table_definition OR invalid_function_definition THEN
      IF varve_try = 2 THEN RAISE; END IF;
    END;
  END LOOP;
END
$varve_view$;

-- reshape
CREATE TABLE "m"."cpu_1h_states_reshaped" AS SELECT "varve_bucket" AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_max", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", max("varve_value_0") AS "v_max", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf" FROM (SELECT date_bin(3600000000 * INTERVAL '1 microsecond', "ts", TIMESTAMP '1970-01-01 00:00:00') AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE 1 = 0) AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped;
DO $varve_view$
DECLARE
  varve_step text;
  varve_gone text[];
  varve_again text[];
  varve_adds text[];
  varve_changes text[];
BEGIN
  SELECT array_agg(format('ALTER TABLE %s ADD COLUMN %I %s', varve_old.name, n.attname, format_type(n.atttypid, n.atttypmod)) ORDER BY n.attnum) FILTER (WHERE o.attname IS NULL),
         array_agg(format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %I::%s', varve_old.name, n.attname, format_type(n.atttypid, n.atttypmod), n.attname, format_type(n.atttypid, n.atttypmod)) ORDER BY n.attnum)
           FILTER (WHERE (o.atttypid, o.atttypmod) <> (n.atttypid, n.atttypmod))
  INTO varve_adds, varve_changes
  FROM (SELECT c.oid, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = 'm' AND c.relname = 'cpu_1h_states') varve_old
  CROSS JOIN (SELECT c.oid FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = 'm' AND c.relname = 'cpu_1h_states_reshaped') varve_new
  JOIN pg_attribute n ON n.attrelid = varve_new.oid AND n.attnum > 0 AND NOT n.attisdropped
  LEFT JOIN pg_attribute o ON o.attrelid = varve_old.oid AND o.attname = n.attname AND o.attnum > 0 AND NOT o.attisdropped;
  FOREACH varve_step IN ARRAY coalesce(varve_adds, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
  IF varve_changes IS NOT NULL THEN
    WITH RECURSIVE varve_readers AS (
  SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'm' AND c.relname = 'cpu_1h_states'
  UNION ALL
  SELECT r.ev_class, v.depth + 1 FROM varve_readers v
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
), varve_views AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relacl, c.reloptions, max(v.depth) AS depth
  FROM varve_readers v JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY c.oid, n.nspname, c.relname
)
SELECT (SELECT array_agg('DROP VIEW ' || name ORDER BY depth DESC) FROM varve_views WHERE FALSE OR depth > 0),
       (SELECT array_agg(format('CREATE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)) ORDER BY depth) FROM varve_views WHERE depth > 0)
       || (SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
           FROM varve_views, aclexplode(relacl) a WHERE FALSE OR depth > 0)
INTO varve_gone, varve_again;
    FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
    FOREACH varve_step IN ARRAY varve_changes LOOP EXECUTE varve_step; END LOOP;
    FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
  END IF;
  DROP TABLE "m"."cpu_1h_states_reshaped";
END
$varve_view$;

-- rollup
DELETE FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-10 00:00:00';
INSERT INTO "m"."cpu_1h_states" ("ts", "host", "varve_rows", "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf") SELECT "varve_bucket" AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf" FROM (SELECT date_bin(3600000000 * INTERVAL '1 microsecond', "ts", TIMESTAMP '2025-01-01 00:00:00') AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-10 00:00:00') AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped;
SELECT (SELECT count(*) FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-10 00:00:00'), (SELECT CAST(coalesce(sum("varve_rows"), 0) AS BIGINT) FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '2025-01-01 00:00:00' AND "ts" < TIMESTAMP '2025-01-10 00:00:00');
DO $varve_view$
DECLARE
  varve_step text;
  varve_gone text[];
  varve_again text[];
  varve_body text;
  varve_columns text;
BEGIN
  FOR varve_try IN 1..2 LOOP
    BEGIN
      IF varve_try = 2 THEN
        WITH RECURSIVE varve_readers AS (
  SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'm' AND c.relname = 'cpu_all'
  UNION ALL
  SELECT r.ev_class, v.depth + 1 FROM varve_readers v
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
), varve_views AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relacl, c.reloptions, max(v.depth) AS depth
  FROM varve_readers v JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY c.oid, n.nspname, c.relname
)
SELECT (SELECT array_agg('DROP VIEW ' || name ORDER BY depth DESC) FROM varve_views WHERE TRUE OR depth > 0),
       (SELECT array_agg(format('CREATE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)) ORDER BY depth) FROM varve_views WHERE depth > 0)
       || (SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
           FROM varve_views, aclexplode(relacl) a WHERE TRUE OR depth > 0)
INTO varve_gone, varve_again;
        FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
        DROP FUNCTION IF EXISTS "m"."varve_open_05ee22a48e9e3a8e"();
      END IF;
      varve_body := $varve_open$ SELECT "ts", "host", CAST("v_sum" AS DOUBLE PRECISION) / nullif("v_count", 0) AS "v_avg", "varve_rows", CASE WHEN "varve_covered" >= 3600000 THEN CAST(1 AS DOUBLE PRECISION) ELSE CAST("varve_covered" AS DOUBLE PRECISION) / 3600000 END AS varve_coverage, 'source' AS varve_tier, CAST(3600000 AS DOUBLE PRECISION) / 1000 AS varve_seconds FROM (SELECT (TIMESTAMP '1970-01-01' + ("varve_bucket") / 1000000 * INTERVAL '1 second' + ("varve_bucket") % 1000000 * INTERVAL '1 microsecond') AS "ts", "host", "varve_rows", CAST(NULL AS BIGINT) AS "varve_covered", "v_count", "v_sum", "v_nan", "v_pinf", "v_ninf" FROM (SELECT "varve_bucket", "host", count(*) AS "varve_rows", count("varve_value_0") AS "v_count", sum(CAST("varve_value_0" AS DOUBLE PRECISION)) AS "v_sum", count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) AS "v_nan", count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_pinf", count("varve_raw_0") - count("varve_value_0") - count(CASE WHEN ("varve_raw_0" = 'NaN') THEN 1 END) - count(CASE WHEN ("varve_raw_0" = 'Infinity') THEN 1 END) AS "v_ninf" FROM (SELECT (((CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) - CASE WHEN CAST(EXTRACT(EPOCH FROM nullif(nullif("ts", TIMESTAMP 'infinity'), TIMESTAMP '-infinity')) * 1000000 AS BIGINT) < 0 THEN CAST(3599999999 AS BIGINT) ELSE 0 END) / 3600000000) * 3600000000) AS "varve_bucket", "host", "v" AS "varve_raw_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "v" END AS "varve_value_0", CASE WHEN ("v" > '-Infinity' AND "v" < 'Infinity') THEN "ts" END AS "varve_at_0" FROM "m"."cpu" WHERE "ts" >= TIMESTAMP '2025-01-10 00:00:00' AND "ts" < TIMESTAMP '9999-01-01 00:00:00') AS varve_input GROUP BY "varve_bucket", "host") AS varve_grouped) AS varve_open $varve_open$;
EXECUTE 'CREATE TEMPORARY VIEW varve_types AS ' || varve_body;
SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) INTO varve_columns
FROM pg_attribute a WHERE a.attrelid = 'pg_temp.varve_types'::regclass AND a.attnum > 0;
DROP VIEW pg_temp.varve_types;
EXECUTE format('CREATE OR REPLACE FUNCTION %I.%I() RETURNS TABLE (%s) LANGUAGE sql STABLE AS %L', 'm', 'varve_open_05ee22a48e9e3a8e', varve_columns, varve_body);
      CREATE OR REPLACE VIEW "m"."cpu_all" AS SELECT "ts", "host", CAST("v_sum" AS DOUBLE PRECISION) / nullif("v_count", 0) AS "v_avg", "varve_rows", CASE WHEN "varve_covered" >= 3600000 THEN CAST(1 AS DOUBLE PRECISION) ELSE CAST("varve_covered" AS DOUBLE PRECISION) / 3600000 END AS varve_coverage, '1h' AS varve_tier, CAST(3600000 AS DOUBLE PRECISION) / 1000 AS varve_seconds FROM "m"."cpu_1h_states" WHERE "ts" >= TIMESTAMP '0001-01-01 00:00:00 BC' AND "ts" < TIMESTAMP '2025-01-10 00:00:00' UNION ALL SELECT * FROM "m"."varve_open_05ee22a48e9e3a8e"();
      FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
      EXIT;
    EXCEPTION WHEN invalid_table_definition OR invalid_function_definition THEN
      IF varve_try = 2 THEN RAISE; END IF;
    END;
  END LOOP;
END
$varve_view$;

