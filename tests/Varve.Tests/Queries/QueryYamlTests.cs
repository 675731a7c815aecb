using Varve.Policies;
using Varve.Queries;

namespace Varve.Tests.Queries;

public sealed class QueryYamlTests
{
    private const string Sound = """
        query: rack-load
        sql: |
          SELECT date_trunc('hour', ts) AS ts, rack, count(*) AS n
          FROM cpu WHERE ts >= {from} AND ts < {to} GROUP BY ALL
        schedule: "5 * * * *"
        start_date: 2026-01-01
        catchup: latest
        retries: 3
        timeout: 10m
        into: rack_load
        write: replace
        time: ts
        """;

    [Fact]
    public void What_is_written_is_read()
    {
        var query = QueryYaml.Parse(Sound, "q.yaml").Single().Query;
        Assert.Equal(
            ("rack-load", "5 * * * *", "2026-01-01", Catchup.Latest, 3, "10m", "rack_load", WindowWriting.Replace, "ts"),
            (
                query.Name,
                query.Schedule.Text,
                query.Start!.Text,
                query.Catchup,
                query.Retries,
                query.Timeout.Text,
                query.Into!.Text,
                query.Write,
                query.Time
            )
        );
    }

    /// <summary>A mistake in the statement is told where it stands in the file.</summary>
    [Theory]
    [InlineData("{to}", "{too}", 4, 40, "There is no {too}")]
    [InlineData("ts < {to}", "ts < '{to}'", 4, 41, "stands in quotes")]
    [InlineData("ts < {to}", "ts < $1", 4, 40, "A parameter stands here")]
    [InlineData("GROUP BY ALL", "GROUP BY ALL; DROP TABLE cpu", 4, 59, "A second statement begins here")]
    [InlineData("'hour'", "'hour", 3, 21, "opens here and does not close")]
    [InlineData("count(*)", "/* count(*)", 3, 46, "A comment begins here")]
    [InlineData("retries: 3", "retries: 50", 8, 10, "`retries` is a number from 0 to 20")]
    [InlineData("catchup: latest", "catchup: some", 7, 10, "`catchup` cannot be \"some\"")]
    [InlineData("catchup:", "catch_up:", 7, 1, "Did you mean `catchup`?")]
    [InlineData("time: ts", "tags: [x]", 11, 1, "needs `time`")]
    [InlineData("into: rack_load", "into: a.b.c", 10, 7, "3 parts")]
    [InlineData("schedule: \"5 * * * *\"", "schedule: { cron: \"5 * * * *\", start: 2026-01-01 }", 5, 32, "Write `start_date`")]
    [InlineData("schedule: \"5 * * * *\"", "schedule: \"61 * * * *\"", 5, 11, "schedule")]
    [InlineData("start_date: 2026-01-01", "start_date: 2026-01-01\nend_date: 2025-01-01", 7, 1, "No window lies between")]
    [InlineData("AND ts < {to}", "", 2, 1, "has not both {from} and {to}")]
    [InlineData("timeout: 10m", "timeout: 0s", 9, 1, "lets no window end")]
    public void A_mistake_is_told_with_its_place(string right, string wrong, int line, int column, string says)
    {
        var problems = Assert
            .Throws<PolicyException>(() => QueryYaml.Parse(Sound.Replace(right, wrong, StringComparison.Ordinal), "q.yaml"))
            .Problems;
        var problem = Assert.Single(problems);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (problem.Position!.Line, problem.Position.Column));
    }

    [Theory]
    [InlineData("sql: SELECT 1", "`query`")]
    [InlineData("query: q\nschedule: \"@daily\"", "`sql`")]
    [InlineData("query: q\nsql: SELECT 1", "`schedule`")]
    [InlineData("", "There is no query in it")]
    [InlineData("[]", "A query is keys and values")]
    [InlineData("query: q\nsql: \"-- nothing\"\nschedule: \"@daily\"", "There is no statement in it")]
    [InlineData("query: q\nsql: SELECT 1\nschedule: \"@daily\"\nwrite: replace", "there is no `into`")]
    [InlineData("query: q\nsql: SELECT 1\nschedule: \"@daily\"\n---\nquery: q\nsql: SELECT 1\nschedule: \"@daily\"", "stands twice")]
    public void What_is_missing_is_told(string yaml, string says) =>
        Assert.Contains(says, Assert.Throws<PolicyException>(() => QueryYaml.Parse(yaml, "")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_about_queries_is_known_even_where_it_is_wrong()
    {
        Assert.True(QueryYaml.IsAboutQueries("query: q\nsql: {"));
        Assert.True(QueryYaml.IsAboutQueries("table: t\n---\nquery: q"));
        Assert.False(QueryYaml.IsAboutQueries("table: query\ntime: ts"));
    }
}
