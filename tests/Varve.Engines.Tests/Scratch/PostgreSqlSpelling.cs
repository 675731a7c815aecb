using System.Text.RegularExpressions;

namespace Varve.Engines.Tests.Scratch;

/// <summary>
/// What the users of the suites write is spelled as DuckDB does: here it is said in PostgreSQL's words. Who drops something
/// of Varve's own drops what reads it too.
/// </summary>
internal static class PostgreSqlSpelling
{
    private static readonly (Regex Pattern, string Replacement)[] s_words =
    [
        (new(@"\bCREATE OR REPLACE TABLE ((?:\w|\.)+)"), "DROP TABLE IF EXISTS $1; CREATE TABLE $1"),
        (new(@"\bDROP (TABLE|VIEW) ((?:\w|\.|"")+)(?=;|$)"), "DROP $1 $2 CASCADE"),
        (new(@"\bDROP COLUMN (\w+)(?=;|$)"), "DROP COLUMN $1 CASCADE"),
        (new(@"\bAS FROM (m\.\w+)"), "AS SELECT * FROM $1"),
        (new(@"\bINTERVAL (\d+) (MONTH|DAY|HOUR|MINUTE)\b"), "INTERVAL '$1 $2'"),
        (
            new(@"\brange\((TIMESTAMP '[^']*'), (TIMESTAMP '[^']*'), (INTERVAL '[^']*')\) (\w+)\((\w+)\)"),
            "generate_series($1, $2 - $3, $3) $4($5)"
        ),
        (new(@"\brange\((\d+)\) (\w+)\((\w+)\)"), "generate_series(0::BIGINT, $1 - 1) $2($3)"),
        (new(@"\bto_seconds\(([^)]*)\)"), "($1) * INTERVAL '1 second'"),
        (new(@"\bto_microseconds\(([^)]*)\)"), "($1)::BIGINT * INTERVAL '1 microsecond'"),
        (new(@"\bepoch\((\w+)\) % (\d+)"), "(extract(epoch FROM $1)::BIGINT % $2)::DOUBLE PRECISION"),
        (new(@"\bORDER BY ALL\b"), "ORDER BY 1, 2, 3"),
        (new(@"\bends_with\((\w+), ('[^']*')\)"), "$1 LIKE '%' || $2"),
        (new(@"\bstrftime\(([^,]*), '%Y-%m-%dT%H:%M'\)"), "to_char($1, 'YYYY-MM-DD\"T\"HH24:MI')"),
        (new(@"\bCREATE OR REPLACE VIEW ([\w.]+)"), "DROP VIEW $1 CASCADE; CREATE VIEW $1"),
        (new(@"^(ALTER TABLE ""?m""?\.""?cpu_\w+_states""? ALTER COLUMN)"), "DROP VIEW IF EXISTS m.cpu_all, m.cpu_1h, m.cpu_1d; $1"),
        (new(@"\bmake_timestamp_ns\(-\d+\)"), "TIMESTAMP '4714-11-24 00:00:00 BC'"),
        (new(@"\bTIMESTAMP_NS\b"), "TIMESTAMP"),
        (new("\"V_MAX\""), "\"v_max\""),
        (new(@"\bDOUBLE\b(?! PRECISION|::)"), "DOUBLE PRECISION"),
        (new(@"\bFLOAT\b"), "REAL"),
        (new(@"\bVARCHAR\b"), "TEXT"),
        (new(@"\bTIMESTAMP_MS\b"), "TIMESTAMP(3)"),
    ];

    // What DuckDB has as a function (RFC 7396).
    private const string MergePatch = """
        CREATE OR REPLACE FUNCTION pg_temp.json_merge_patch(target text, patch text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE merged jsonb := CASE WHEN jsonb_typeof(target::jsonb) = 'object' THEN target::jsonb ELSE '{}' END; field record;
        BEGIN
          IF jsonb_typeof(patch::jsonb) <> 'object' THEN RETURN patch; END IF;
          FOR field IN SELECT * FROM jsonb_each(patch::jsonb) LOOP
            IF field.value = 'null' THEN merged := merged - field.key;
            ELSE merged := merged || jsonb_build_object(field.key, pg_temp.json_merge_patch((merged -> field.key)::text, field.value::text)::jsonb); END IF;
          END LOOP;
          RETURN merged;
        END $$;
        """;

    public static string Of(string sql)
    {
        var said = s_words.Aggregate(sql, (text, word) => word.Pattern.Replace(text, word.Replacement));
        return said.Contains("json_merge_patch(", StringComparison.Ordinal)
            ? MergePatch + said.Replace("json_merge_patch(", "pg_temp.json_merge_patch(", StringComparison.Ordinal)
            : said;
    }
}
