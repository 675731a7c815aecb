using CsCheck;
using NodaTime;
using Varve.Sql;
using Varve.Time;

namespace Varve.Tests.Queries;

public sealed class OperatorSqlTests
{
    private static readonly TimeRange s_window = new(Instant.FromUtc(2026, 1, 1, 0, 0), Instant.FromUtc(2026, 1, 1, 1, 0));

    [Fact]
    public void The_ends_of_the_window_are_holes_and_everything_else_is_left_as_it_is()
    {
        var parts = Parts("SELECT * FROM t WHERE ts >= {from} AND ts < {to} AND x = '{not a hole}' -- {from}\n;");
        Assert.Equal(
            [
                ("SELECT * FROM t WHERE ts >= ", null),
                (null, "2026-01-01T00:00:00Z"),
                (" AND ts < ", null),
                (null, "2026-01-01T01:00:00Z"),
                (" AND x = '{not a hole}' -- {from}\n", null),
            ],
            parts
        );
    }

    /// <summary>What looks like an end, a parameter or a hole, and is none.</summary>
    [Theory]
    [InlineData("SELECT ';' AS a, \"b;c\" FROM t")]
    [InlineData("SELECT $$ it's; $1 $$, $tag$ $$ ; $tag$")]
    [InlineData("SELECT /* ; /* $1 */ ; */ 1")]
    [InlineData("SELECT 1 -- ; and {whatever}")]
    [InlineData("SELECT E'it\\'s; $1', e'\\\\'")]
    [InlineData("SELECT {'a': 1, 'b': 2} AS s, a$1 FROM t")]
    [InlineData("SELECT 'it''s; $1'")]
    [InlineData("SELECT type'x', r'a\\' FROM t")]
    public void Quotes_and_comments_are_left_as_they_are(string sql)
    {
        Assert.Equal([(sql, null)], Parts(sql));
    }

    [Theory]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1; -- fine\n ; x")]
    [InlineData("SELECT 1 /* open")]
    [InlineData("SELECT 'open")]
    [InlineData("SELECT \"open")]
    [InlineData("SELECT $a$ open $b$")]
    [InlineData("SELECT $1")]
    [InlineData("SELECT $name")]
    [InlineData("SELECT {now}")]
    [InlineData("SELECT '{from}'")]
    [InlineData("SELECT \"{to}\"")]
    [InlineData("SELECT $$ {from} $$")]
    [InlineData("SELECT 1\0")]
    [InlineData("  -- nothing\n ; ")]
    public void More_than_one_statement_and_other_holes_are_refused(string sql)
    {
        Assert.False(OperatorSql.TryParse(sql, out _, out var mistake));
        Assert.InRange(mistake.Offset, 0, sql.Length);
    }

    /// <summary>
    /// Whatever is written: it is refused, or it is the same text with two values in place of two holes, and one statement.
    /// </summary>
    [Fact]
    public void Nothing_is_added_and_nothing_is_lost() =>
        Gen.OneOf(
                new[]
                {
                    "SELECT ",
                    "'",
                    "\"",
                    "$$",
                    "$a$",
                    "--",
                    "\n",
                    "/*",
                    "*/",
                    ";",
                    "{from}",
                    "{to}",
                    "{x}",
                    "E'",
                    "\\",
                    "x",
                    "1",
                    " ",
                    "$1",
                    "é",
                }
                    .Select(Gen.Const)
                    .ToArray()
            )
            .Array[0, 12]
            .Select(string.Concat)
            .Sample(
                sql =>
                {
                    if (!OperatorSql.TryParse(sql, out var parsed, out _))
                        return;
                    var text = string.Concat(
                        parsed.For(s_window).Parts.Select(p => p.Text ?? (p.Value == "2026-01-01T00:00:00Z" ? "{from}" : "{to}"))
                    );
                    Assert.StartsWith(text, sql, StringComparison.Ordinal);
                    Assert.True(sql[text.Length..].Length == 0 || sql[text.Length] == ';', sql);
                },
                iter: 20_000
            );

    private static IReadOnlyList<(string? Text, string? Value)> Parts(string sql)
    {
        Assert.True(OperatorSql.TryParse(sql, out var parsed, out var mistake), mistake?.Message);
        return [.. parsed.For(s_window).Parts];
    }
}
