using System.Text;
using System.Text.RegularExpressions;

namespace Varve.Engines.Tests.Scratch;

/// <summary>What the users of the suites write is spelled as DuckDB does: here it is said in CrateDB's words.</summary>
internal static class CrateDbSpelling
{
    private static readonly (Regex Pattern, string Replacement)[] s_words =
    [
        (new(@"\bCREATE OR REPLACE TABLE ((?:\w|\.)+)"), "DROP TABLE IF EXISTS $1; CREATE TABLE $1"),
        (new(@"\bCREATE SCHEMA (\w+)"), "CREATE SCHEMA IF NOT EXISTS $1"),
        (new(@"\bIF NOT EXISTS IF NOT EXISTS (?:IF|$)"), "IF NOT EXISTS"),
        (new(@"\bAS FROM (m\.\w+)"), "AS SELECT * FROM $1"),
        (new(@"\bINTERVAL (\d+) (MONTH|DAY|HOUR|MINUTE)\b"), "INTERVAL '$1 $2'"),
        (
            new(@"\brange\((TIMESTAMP '[^']*'), (TIMESTAMP '[^']*'), (INTERVAL '[^']*')\) (\w+)\((\w+)\)"),
            "generate_series($1, $2 - $3, $3) $4($5)"
        ),
        (new(@"\brange\((\d[\d_]*)\) (\w+)\((\w+)\)"), "generate_series(0, $1 - 1) $2($3)"),
        (new(@"\bto_seconds\(([^)]*)\)"), "($1) * INTERVAL '1 second'"),
        (new(@"\bto_microseconds\(([^)]*)\)"), "(($1) / 1000) * INTERVAL '1 millisecond'"),
        (new(@"\bepoch\((\w+)\) % (\d+)"), "(($1::BIGINT / 1000) % $2)::DOUBLE PRECISION"),
        (new(@"\bORDER BY ALL\b"), "ORDER BY 1, 2, 3"),
        (new(@"\bends_with\((\w+), ('[^']*')\)"), "$1 LIKE '%' || $2"),
        (new(@"\bstrftime\(([^,]*(?:\([^)]*\))?), '%Y-%m-%dT%H:%M'\)"), "date_format('%Y-%m-%dT%H:%i', $1)"),
        (new(@"\bmake_timestamp_ns\(-\d+\)"), "(-9223372036854775806)::BIGINT::TIMESTAMP"),
        (new(@"\bALTER COLUMN ts TYPE TIMESTAMP_MS$"), "ALTER COLUMN ts TYPE TIMESTAMP WITH TIME ZONE"),
        (new(@"\bTIMESTAMP_(NS|MS|S)\b"), "TIMESTAMP"),
        (
            new(@"_states \(ts, host, varve_rows\) VALUES \((.*), 1\)"),
            "_states (ts, host, varve_rows, varve_key, varve_gen) VALUES ($1, 1, 'theirs', 1)"
        ),
        (new(@"\bTRUNCATE (?=m\.)"), "DELETE FROM "),
        (new("'infinity'"), "9223372036854775805::BIGINT::TIMESTAMP"),
        (new(@"\bTIMESTAMP (9223372036854775805)"), "$1"),
        (new("\"V_MAX\""), "\"v_max\""),
    ];

    /// <summary>The statements, one by one.</summary>
    public static IEnumerable<string> Of(string sql) =>
        Split(s_words.Aggregate(sql, (text, word) => word.Pattern.Replace(text, word.Replacement)));

    private static IEnumerable<string> Split(string sql)
    {
        var statement = new StringBuilder();
        var quote = '\0';
        foreach (var c in sql)
        {
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"')
                quote = c;
            else if (c == ';')
            {
                if (statement.ToString().Trim().Length > 0)
                    yield return statement.ToString();
                statement.Clear();
                continue;
            }

            statement.Append(c);
        }

        if (statement.ToString().Trim().Length > 0)
            yield return statement.ToString();
    }
}
