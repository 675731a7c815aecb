-- What the stand-in for CrateDB needs in a database of PostgreSQL: CrateDB's timestamps as types of their own, which are
-- 64-bit numbers of milliseconds, and its functions. The schema stands before pg_catalog in the search path, so that a
-- function here is taken instead of PostgreSQL's.
CREATE SCHEMA crate;
SET search_path = crate, pg_catalog;

DO $$
DECLARE t text; op text; fn text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tstz', 'ts'] LOOP
    EXECUTE format('CREATE TYPE %s', t);
    EXECUTE format('CREATE FUNCTION %1$s_in(cstring) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT AS ''int8in''', t);
    EXECUTE format('CREATE FUNCTION %1$s_out(%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS ''int8out''', t);
    EXECUTE format('CREATE TYPE %1$s (INPUT = %1$s_in, OUTPUT = %1$s_out, LIKE = int8)', t);
    EXECUTE format('CREATE CAST (int8 AS %s) WITHOUT FUNCTION AS IMPLICIT', t);
    EXECUTE format('CREATE CAST (%s AS int8) WITHOUT FUNCTION', t);
    EXECUTE format('CREATE FUNCTION %1$s_of_int(int4) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT AS ''SELECT $1::int8::%1$s''', t);
    EXECUTE format('CREATE CAST (int4 AS %1$s) WITH FUNCTION %1$s_of_int(int4) AS IMPLICIT', t);
    EXECUTE format('CREATE FUNCTION %1$s_of_num(numeric) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT AS ''SELECT trunc($1)::int8::%1$s''', t);
    EXECUTE format('CREATE CAST (numeric AS %1$s) WITH FUNCTION %1$s_of_num(numeric) AS ASSIGNMENT', t);
    EXECUTE format('CREATE FUNCTION %1$s_of_real(float8) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT AS ''SELECT trunc($1)::int8::%1$s''', t);
    EXECUTE format('CREATE CAST (float8 AS %1$s) WITH FUNCTION %1$s_of_real(float8) AS ASSIGNMENT', t);
    FOR op, fn IN SELECT * FROM (VALUES ('<', 'lt'), ('<=', 'le'), ('=', 'eq'), ('>=', 'ge'), ('>', 'gt'), ('<>', 'ne')) x LOOP
      EXECUTE format('CREATE FUNCTION %1$s_%2$s(%1$s, %1$s) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS ''int8%2$s''', t, fn);
      EXECUTE format('CREATE OPERATOR %3$s (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = %1$s_%2$s %4$s)', t, fn, op,
        CASE fn WHEN 'eq' THEN ', COMMUTATOR = =, NEGATOR = <>, HASHES, MERGES, RESTRICT = eqsel, JOIN = eqjoinsel'
                WHEN 'ne' THEN ', COMMUTATOR = <>, NEGATOR = =' WHEN 'lt' THEN ', COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel'
                WHEN 'gt' THEN ', COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel' WHEN 'le' THEN ', COMMUTATOR = >=, NEGATOR = >'
                ELSE ', COMMUTATOR = <=, NEGATOR = <' END);
    END LOOP;
    EXECUTE format('CREATE FUNCTION %1$s_cmp(%1$s, %1$s) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS ''btint8cmp''', t);
    EXECUTE format('CREATE FUNCTION %1$s_hash(%1$s) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS ''hashint8''', t);
    EXECUTE format('CREATE OPERATOR CLASS %1$s_ops DEFAULT FOR TYPE %1$s USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, '
      'OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 %1$s_cmp(%1$s, %1$s)', t);
    EXECUTE format('CREATE OPERATOR CLASS %1$s_hash_ops DEFAULT FOR TYPE %1$s USING hash AS OPERATOR 1 =, FUNCTION 1 %1$s_hash(%1$s)', t);
    EXECUTE format('CREATE FUNCTION %1$s_min(%1$s, %1$s) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT AS ''int8smaller''', t);
    EXECUTE format('CREATE FUNCTION %1$s_max(%1$s, %1$s) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT AS ''int8larger''', t);
    EXECUTE format('CREATE AGGREGATE min(%1$s) (SFUNC = %1$s_min, STYPE = %1$s)', t);
    EXECUTE format('CREATE AGGREGATE max(%1$s) (SFUNC = %1$s_max, STYPE = %1$s)', t);
  END LOOP;
END $$;

-- The two kinds of timestamps are one number; one without zone compares with one that has it.
CREATE CAST (ts AS tstz) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (tstz AS ts) WITHOUT FUNCTION;

-- Milliseconds to PostgreSQL's timestamps and back, without a double on the way.
CREATE FUNCTION pg_of(m int8) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT timestamp 'epoch' + ((m / 86400000)::int * interval '1 day') + ((m % 86400000) * interval '1 millisecond')$$;
CREATE FUNCTION ms_of(p timestamp) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT floor(extract(epoch FROM p) * 1000)::int8$$;

-- Text is a number of milliseconds, or ISO 8601; without zone an offset is dropped.
CREATE FUNCTION ms_of_text(t text, zoned bool) RETURNS int8 LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF t ~ '^\s*[+-]?\d+\s*$' THEN RETURN t::int8; END IF;
  IF t !~ '^[+-]?\d{4,}-\d\d-\d\d' THEN
    RAISE EXCEPTION 'Cannot cast value `%` to type `timestamp with% time zone`', t, CASE WHEN zoned THEN '' ELSE 'out' END USING ERRCODE = 'CR000';
  END IF;
  IF zoned THEN
    RETURN crate.ms_of((CASE WHEN t ~ '(Z|[+-]\d\d(:?\d\d)?)$' AND t ~ ':' THEN t ELSE t || '+00' END)::timestamptz AT TIME ZONE 'UTC');
  END IF;
  RETURN crate.ms_of(regexp_replace(t, '(Z|[+-]\d\d:?\d\d)$', '')::timestamp);
END $$;
CREATE FUNCTION tstz_of_text(text) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ms_of_text($1, true)::tstz$$;
CREATE FUNCTION ts_of_text(text) RETURNS ts LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ms_of_text($1, false)::ts$$;
CREATE CAST (text AS tstz) WITH FUNCTION tstz_of_text(text) AS IMPLICIT;
CREATE CAST (text AS ts) WITH FUNCTION ts_of_text(text) AS IMPLICIT;
CREATE FUNCTION iso_of(int8) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT to_char(pg_of($1), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')$$;

-- A string for a column of another type is taken for one of that type.
CREATE CAST (text AS int2) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS int4) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS int8) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS float4) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS float8) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS numeric) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS bool) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS jsonb) WITH INOUT AS ASSIGNMENT;

-- A double as NUMERIC has all digits of its shortest form (PostgreSQL has fifteen), and NaN is none.
CREATE FUNCTION no_number(text) RETURNS numeric LANGUAGE plpgsql AS
  $$BEGIN RAISE EXCEPTION 'Cannot cast value `%` to type `numeric`', $1 USING ERRCODE = 'CR000'; END $$;
CREATE FUNCTION numeric_of(float8) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT CASE WHEN $1 BETWEEN '-1.7976931348623157e308'::float8 AND '1.7976931348623157e308'::float8 THEN $1::text::numeric ELSE no_number($1::text) END$$;
CREATE FUNCTION numeric_of(float4) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT CASE WHEN $1 BETWEEN '-3.4028235e38'::float4 AND '3.4028235e38'::float4 THEN $1::text::numeric ELSE no_number($1::text) END$$;
UPDATE pg_cast SET castfunc = 'crate.numeric_of(float8)'::regprocedure WHERE castsource = 'float8'::regtype AND casttarget = 'numeric'::regtype;
UPDATE pg_cast SET castfunc = 'crate.numeric_of(float4)'::regprocedure WHERE castsource = 'float4'::regtype AND casttarget = 'numeric'::regtype;

-- A double as a whole number loses its fraction (PostgreSQL rounds).
CREATE FUNCTION int8_of(float8) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_catalog.int8(trunc($1))$$;
CREATE FUNCTION int4_of(float8) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_catalog.int4(trunc($1))$$;
UPDATE pg_cast SET castfunc = 'crate.int8_of(float8)'::regprocedure WHERE castsource = 'float8'::regtype AND casttarget = 'int8'::regtype;
UPDATE pg_cast SET castfunc = 'crate.int4_of(float8)'::regprocedure WHERE castsource = 'float8'::regtype AND casttarget = 'int4'::regtype;

-- Sums of whole numbers are BIGINT and overflow; averages are doubles.
CREATE FUNCTION add8(a int8, b int8) RETURNS int8 LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN coalesce(a + b, a, b); EXCEPTION WHEN numeric_value_out_of_range THEN RAISE EXCEPTION 'long overflow' USING ERRCODE = 'CR001'; END $$;
CREATE FUNCTION add8i(a int8, b int4) RETURNS int8 LANGUAGE sql IMMUTABLE AS $$SELECT coalesce(a + b, a, b)$$;
CREATE FUNCTION add8s(a int8, b int2) RETURNS int8 LANGUAGE sql IMMUTABLE AS $$SELECT coalesce(a + b, a, b)$$;
CREATE AGGREGATE sum(int8) (SFUNC = add8, STYPE = int8);
CREATE AGGREGATE sum(int4) (SFUNC = add8i, STYPE = int8);
CREATE AGGREGATE sum(int2) (SFUNC = add8s, STYPE = int8);
CREATE FUNCTION mean8(s float8[], v int8) RETURNS float8[] LANGUAGE sql IMMUTABLE STRICT AS $$SELECT float8_accum($1, $2::float8)$$;
CREATE AGGREGATE avg(int8) (SFUNC = mean8, STYPE = float8[], INITCOND = '{0,0,0}', FINALFUNC = pg_catalog.float8_avg);
CREATE FUNCTION mean4(s float8[], v int4) RETURNS float8[] LANGUAGE sql IMMUTABLE STRICT AS $$SELECT float8_accum($1, $2::float8)$$;
CREATE AGGREGATE avg(int4) (SFUNC = mean4, STYPE = float8[], INITCOND = '{0,0,0}', FINALFUNC = pg_catalog.float8_avg);

CREATE FUNCTION first_of(a anyelement, b anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS $$SELECT a$$;
CREATE AGGREGATE any_value(anyelement) (SFUNC = first_of, STYPE = anyelement);
CREATE AGGREGATE arbitrary(anyelement) (SFUNC = first_of, STYPE = anyelement);

-- Buckets. Before the origin an instant exactly on a boundary is put one bucket too early, as CrateDB does.
CREATE FUNCTION width_of(i interval) RETURNS int8 LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  IF extract(month FROM i) <> 0 OR extract(year FROM i) <> 0 THEN
    RAISE EXCEPTION 'Cannot use an interval with months or years in date_bin' USING ERRCODE = 'CR000';
  END IF;
  RETURN floor(extract(epoch FROM i) * 1000)::int8;
END $$;
CREATE FUNCTION bin_of(w int8, t int8, o int8) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT CASE WHEN t >= o THEN t - (t - o) % w ELSE t - (t - o) % w - w END$$;
CREATE FUNCTION date_bin(i interval, t tstz, o tstz) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT bin_of(width_of(i), t::int8, o::int8)::tstz$$;
CREATE FUNCTION date_bin(i interval, t ts, o ts) RETURNS ts LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT bin_of(width_of(i), t::int8, o::int8)::ts$$;
DO $$
DECLARE t text; o text;
BEGIN
  FOREACH t IN ARRAY ARRAY['int4', 'int8'] LOOP
    FOREACH o IN ARRAY ARRAY['int4', 'int8'] LOOP
      EXECUTE format('CREATE FUNCTION date_bin(i interval, t %s, o %s) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS '
        '''SELECT bin_of(width_of(i), t::int8, o::int8)::tstz''', t, o);
    END LOOP;
  END LOOP;
END $$;
CREATE FUNCTION date_trunc(unit text, zone text, t tstz) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ms_of((pg_catalog.date_trunc(unit, (pg_of(t::int8) AT TIME ZONE 'UTC') AT TIME ZONE zone) AT TIME ZONE zone) AT TIME ZONE 'UTC')::tstz$$;
CREATE FUNCTION date_trunc(unit text, zone text, t ts) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT date_trunc(unit, zone, t::tstz)$$;
CREATE FUNCTION date_trunc(unit text, t tstz) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ms_of(pg_catalog.date_trunc(unit, pg_of(t::int8)))::tstz$$;
CREATE FUNCTION date_trunc(unit text, t ts) RETURNS ts LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ms_of(pg_catalog.date_trunc(unit, pg_of(t::int8)))::ts$$;
CREATE FUNCTION date_format(f text, zone text, t tstz) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT to_char((pg_of(t::int8) AT TIME ZONE 'UTC') AT TIME ZONE zone,
    replace(replace(replace(replace(replace(replace(replace(replace(f, '%Y', 'YYYY'), '%m', 'MM'), '%d', 'DD'), '%H', 'HH24'), '%i', 'MI'), '%s', 'SS'), '%f', 'US'), 'T', '"T"'))$$;
CREATE FUNCTION date_format(f text, t tstz) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT date_format(f, 'UTC', t)$$;
CREATE FUNCTION date_format(f text, zone text, t ts) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT date_format(f, zone, t::tstz)$$;
CREATE FUNCTION date_format(f text, t ts) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT date_format(f, 'UTC', t::tstz)$$;
CREATE FUNCTION part_of(f text, t tstz) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_catalog.date_part(f, pg_of(t::int8))$$;
CREATE FUNCTION plus(tstz, interval) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ms_of(pg_of($1::int8) + $2)::tstz$$;
CREATE FUNCTION minus(tstz, interval) RETURNS tstz LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ms_of(pg_of($1::int8) - $2)::tstz$$;
CREATE FUNCTION minus(tstz, tstz) RETURNS interval LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_of($1::int8) - pg_of($2::int8)$$;
CREATE FUNCTION plus(ts, interval) RETURNS ts LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ms_of(pg_of($1::int8) + $2)::ts$$;
CREATE FUNCTION minus(ts, interval) RETURNS ts LANGUAGE sql IMMUTABLE STRICT AS $$SELECT ms_of(pg_of($1::int8) - $2)::ts$$;
CREATE FUNCTION minus(ts, ts) RETURNS interval LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_of($1::int8) - pg_of($2::int8)$$;
CREATE OPERATOR + (LEFTARG = ts, RIGHTARG = interval, FUNCTION = plus);
CREATE OPERATOR - (LEFTARG = ts, RIGHTARG = interval, FUNCTION = minus);
CREATE OPERATOR - (LEFTARG = ts, RIGHTARG = ts, FUNCTION = minus);
CREATE FUNCTION generate_series(ts, ts, interval) RETURNS SETOF ts LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ms_of(p)::ts FROM pg_catalog.generate_series(pg_of($1::int8), pg_of($2::int8), $3) p$$;
CREATE OPERATOR + (LEFTARG = tstz, RIGHTARG = interval, FUNCTION = plus);
CREATE OPERATOR - (LEFTARG = tstz, RIGHTARG = interval, FUNCTION = minus);
CREATE OPERATOR - (LEFTARG = tstz, RIGHTARG = tstz, FUNCTION = minus);
CREATE FUNCTION generate_series(tstz, tstz, interval) RETURNS SETOF tstz LANGUAGE sql IMMUTABLE STRICT AS
  $$SELECT ms_of(p)::tstz FROM pg_catalog.generate_series(pg_of($1::int8), pg_of($2::int8), $3) p$$;

-- For the users of the suites, who change documents of the catalog (RFC 7396).
CREATE FUNCTION json_merge_patch(target text, patch text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE merged jsonb := CASE WHEN jsonb_typeof(target::jsonb) = 'object' THEN target::jsonb ELSE '{}' END; field record;
BEGIN
  IF jsonb_typeof(patch::jsonb) <> 'object' THEN RETURN patch; END IF;
  FOR field IN SELECT * FROM jsonb_each(patch::jsonb) LOOP
    IF field.value = 'null' THEN merged := merged - field.key;
    ELSE merged := merged || jsonb_build_object(field.key, json_merge_patch((merged -> field.key)::text, field.value::text)::jsonb); END IF;
  END LOOP;
  RETURN merged;
END $$;

-- Casts that give NULL where there is nothing to cast.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'bool', 'tstz', 'ts', 'text', 'jsonb'] LOOP
    EXECUTE format('CREATE FUNCTION try_%1$s(text) RETURNS %1$s LANGUAGE plpgsql IMMUTABLE STRICT AS '
      '''BEGIN RETURN $1::%1$s; EXCEPTION WHEN OTHERS THEN RETURN NULL; END''', t);
  END LOOP;
END $$;

CREATE FUNCTION typename(v anyelement) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE pg_catalog.pg_typeof(v)::text WHEN 'crate.tstz' THEN 'timestamp with time zone' WHEN 'tstz' THEN 'timestamp with time zone'
    WHEN 'crate.ts' THEN 'timestamp without time zone' WHEN 'ts' THEN 'timestamp without time zone' WHEN 'jsonb' THEN 'object'
    ELSE pg_catalog.pg_typeof(v)::text END $$;
CREATE FUNCTION has_schema_privilege(text, text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$SELECT true$$;
CREATE FUNCTION has_table_privilege(text, text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$SELECT true$$;
CREATE FUNCTION length(text) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_catalog.length($1)$$;
CREATE FUNCTION ceil(float8) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_catalog.ceil($1)::int8$$;
CREATE FUNCTION floor(float8) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS $$SELECT pg_catalog.floor($1)::int8$$;
