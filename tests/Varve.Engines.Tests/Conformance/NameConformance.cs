using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 8: what it is called in the database.</summary>
public abstract class NameConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    public static TheoryData<string> Names =>
        [
            "we\"ird; drop table x --",
            "Größe",
            "select",
            "a.b",
            "it's",
            "with space",
            "ÜBER %s {0} \\ `tick`",
            "UPPER",
            "日本",
            "$1",
            "-- x",
            "1st",
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Any_name_will_do_for_any_relation_and_column(string name)
    {
        var (relation, column) = (Db.Relation(name), Db.Column(name));
        var table = new SourceTable(
            new(Db.Relation($"s {name}"), relation),
            $"t {column}",
            TimeKind.Timestamp,
            [new($"h {column}", ValueKind.Text), new(column, ValueKind.Double)]
        );
        var rows = Every("2025-01-01", "2025-01-06", "1h", name)
            .Concat(Every("2025-01-01", "2025-01-06", "2h", "'; DROP SCHEMA m; --"))
            .ToList();
        var story = await Story.BeginAsync(
            Db,
            table,
            $"""
            table: {Yaml(table.Name.Schema!, relation)}
            time: {Scalar(table.Time)}
            series: [{Scalar(table.Columns[0].Name)}]
            measures:
              {Scalar(column)}: [sum, first, max, stddev]
            keep: 2d
            tiers:
              - every: 1h
                keep: 3d
              - every: 1d
                name: {Scalar(relation)}
            """,
            rows
        );
        await story.RunWellAsync("2025-01-06");
        await story.ExpectTierAsync(1, rows);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        await StitchCheck.ExpectAsync(story, story.Tiers(rows), rows);
        Assert.Empty((await story.RunWellAsync("2025-01-06")).Done);
    }

    [Fact]
    [Rule("bucket-length")]
    [Rule("names")]
    [Rule("view-columns")]
    public async Task States_and_views_have_the_promised_columns_in_the_promised_order()
    {
        var table = new SourceTable(
            new("m", "cpu"),
            "ts",
            TimeKind.Timestamp,
            [
                new("host", ValueKind.Text),
                new("d", ValueKind.Double),
                new("f", ValueKind.Float),
                new("i", ValueKind.Integer),
                new("s", ValueKind.Small),
                new("c", ValueKind.Money),
                new("b", ValueKind.Bool),
                new("t", ValueKind.Text),
            ]
        );
        var story = await Story.BeginAsync(
            Db,
            table,
            """
            table: m.cpu
            time: ts
            series: [host]
            interval: 10s
            measures:
              t: [last, first]
              d: [max, avg, stddev, last]
              i: [sum, min]
              c: [sum, first]
              b: [avg]
              f: [sum, min]
              s: [count, max]
            tiers: [{ every: 1h }, { every: 1d, zone: Europe/Berlin }]
            """
        );
        await story.RunWellAsync("2025-01-06");
        var shapes = await Db.ShapesAsync("m");
        Assert.Equal(
            ["cpu", "cpu_1d", "cpu_1d_states", "cpu_1h", "cpu_1h_states", "cpu_all"],
            shapes.Select(s => s.Name).Order(StringComparer.Ordinal)
        );
        var view = shapes.Single(s => s.Name == "cpu_1h");
        Assert.True(view.IsView);
        string[] shown =
        [
            "ts",
            "host",
            "t_last",
            "t_first",
            "d_max",
            "d_avg",
            "d_stddev",
            "d_last",
            "i_sum",
            "i_min",
            "c_sum",
            "c_first",
            "b_avg",
            "f_sum",
            "f_min",
            "s_count",
            "s_max",
            "varve_rows",
            "varve_coverage",
        ];
        Assert.Equal(shown, view.Columns.Select(c => c.Name));
        Assert.Equal([.. shown, "varve_local"], shapes.Single(s => s.Name == "cpu_1d").Columns.Select(c => c.Name));
        Assert.Equal(
            [.. shown, "varve_tier", "varve_seconds"],
            shapes.Single(s => s.Name == "cpu_all").Columns.Select(c => c.Name).Where(c => c != "varve_local")
        );
        ExpectStates(shapes.Single(s => s.Name == "cpu_1h_states"));
        ExpectStates(shapes.Single(s => s.Name == "cpu_1d_states"));
    }

    [Fact]
    [Rule("names")]
    public async Task The_schema_option_puts_everything_elsewhere()
    {
        var rows = Every("2025-01-01", "2025-01-03", "1h");
        await Db.ExecuteAsync("CREATE SCHEMA elsewhere");
        var story = await BeginAsync(Policy("schema: elsewhere\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-04");
        Assert.Equal(["cpu"], (await Db.ShapesAsync("m")).Select(s => s.Name));
        Assert.Equal(
            ["cpu_1h", "cpu_1h_states", "cpu_all"],
            (await Db.ShapesAsync("elsewhere")).Select(s => s.Name).Order(StringComparer.Ordinal)
        );
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("taken-names")]
    [InlineData("cpu_1h", false)]
    [InlineData("cpu_1h_states", false)]
    [InlineData("cpu_all", false)]
    [InlineData("cpu_1h", true)]
    public async Task A_name_that_somebody_else_took_is_refused(string taken, bool asView)
    {
        await Db.CreateAsync(Cpu());
        await Db.ExecuteAsync(asView ? $"CREATE VIEW m.{taken} AS SELECT 1 AS x" : $"CREATE TABLE m.{taken} (x INTEGER)");
        var error = await Assert.ThrowsAsync<PolicyException>(() => new Story(Db, Cpu()).ApplyAsync(Policy("tiers: [{ every: 1h }]")));
        Assert.Contains(taken, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_another_policy_says_without_its_schema_is_the_same_table()
    {
        var table = Cpu() with { Name = new(null, "cpu") };
        await Db.CreateAsync(table);
        await new Story(Db, table).ApplyAsync("policy: one\ntable: cpu\ntime: ts\nkeep: 7d\n");
        var schema = (await new Story(Db, table).WithAsync(lifecycle => lifecycle.TablesAsync())).Single(t => t.Name == "cpu").Schema;
        var error = await Assert.ThrowsAsync<PolicyException>(() =>
            new Story(Db, table).ApplyAsync($"policy: two\ntable: {schema}.cpu\ntime: ts\nkeep: 7d\n")
        );
        Assert.Equal("VRV108", error.Code);
    }

    [Fact]
    public async Task Two_equal_derived_names_are_refused()
    {
        await Db.CreateAsync(Cpu());
        await Assert.ThrowsAsync<PolicyException>(() =>
            new Story(Db, Cpu()).ApplyAsync(Policy("tiers: [{ every: 1h, name: x }, { every: 1d, name: x }]"))
        );
    }

    [Fact]
    [Rule("varve-columns")]
    public async Task A_source_column_with_a_name_of_varves_is_refused()
    {
        var table = Cpu() with { Columns = [new("varve_host", ValueKind.Text), new("v", ValueKind.Double)] };
        await Db.CreateAsync(table);
        await Assert.ThrowsAsync<PolicyException>(() =>
            new Story(Db, table).ApplyAsync(Policy("tiers: [{ every: 1h }]").Replace("[host]", "[varve_host]", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("m.missing", "host", "v")]
    [InlineData("m.cpu", "missing", "v")]
    [InlineData("m.cpu", "host", "missing")]
    [InlineData("m.cpu", "HOST", "v")]
    public async Task Names_are_matched_exactly(string table, string series, string measure)
    {
        await Db.CreateAsync(Cpu());
        await Assert.ThrowsAsync<PolicyException>(() =>
            new Story(Db, Cpu()).ApplyAsync(
                $"table: {table}\ntime: ts\nseries: [{series}]\nmeasures: {{ {measure}: [avg] }}\ntiers: [{{ every: 1h }}]\n"
            )
        );
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_answered_with_the_nearest_that_is()
    {
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-03", "1h"));
        await story.RunWellAsync("2025-01-04");
        var reports = await story.WithAsync(l =>
            l.CheckAsync(
                PolicyYaml.Parse(
                    "{ policy: a, table: m.cpus, time: ts, keep: 7d }\n---\n{ policy: b, table: cpu, time: ts, keep: 7d }\n---\n{ policy: c, table: m.cpu_1h_state, time: ts, keep: 7d }\n",
                    "p.yaml"
                )
            )
        );
        Assert.Contains("Did you mean `m.cpu`?", Assert.Single(reports[0].Problems).Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean `m.cpu`?", Assert.Single(reports[1].Problems).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", Assert.Single(reports[2].Problems).Message, StringComparison.Ordinal);
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME TO cpus");
        var failed = Assert.IsType<PolicyException>(Assert.Single((await story.RunAsync("2025-01-05")).Errors));
        Assert.Contains("Did you mean `m.cpus`?", failed.Message, StringComparison.Ordinal);
    }

    protected virtual void ExpectStates(RelationShape states)
    {
        Assert.False(states.IsView);
        ExpectColumns(states, t => t);
    }

    /// <summary>The columns of a table of states, each type as the engine calls it.</summary>
    protected void ExpectColumns(RelationShape states, Func<string, string> typed)
    {
        (string, string)[] expected =
        [
            ("ts", "TIMESTAMP"),
            ("host", "VARCHAR"),
            ("varve_rows", "BIGINT"),
            ("varve_covered", "BIGINT"),
            ("t_first", "VARCHAR"),
            ("t_first_at", "TIMESTAMP"),
            ("t_last", "VARCHAR"),
            ("t_last_at", "TIMESTAMP"),
            ("d_count", "BIGINT"),
            ("d_sum", "DOUBLE"),
            ("d_max", "DOUBLE"),
            ("d_last", "DOUBLE"),
            ("d_last_at", "TIMESTAMP"),
            ("d_mean", "DOUBLE"),
            ("d_m2", "DOUBLE"),
            ("d_nan", "BIGINT"),
            ("d_pinf", "BIGINT"),
            ("d_ninf", "BIGINT"),
            ("i_sum", "DECIMAL(38,0)"),
            ("i_min", "BIGINT"),
            ("c_sum", "DECIMAL(38,3)"),
            ("c_first", "DECIMAL(12,3)"),
            ("c_first_at", "TIMESTAMP"),
            ("b_count", "BIGINT"),
            ("b_sum", "DECIMAL(38,0)"),
            ("f_sum", "DOUBLE"),
            ("f_min", "FLOAT"),
            ("f_nan", "BIGINT"),
            ("f_pinf", "BIGINT"),
            ("f_ninf", "BIGINT"),
            ("s_count", "BIGINT"),
            ("s_max", "SMALLINT"),
        ];

        // A count beside a sum tells an empty sum from zero, a length a short local day from a long one.
        var extra = new[] { "i_count", "c_count", "f_count", "varve_length" };
        Assert.Equal(
            expected.Select(e => (e.Item1, typed(e.Item2))),
            states.Columns.Where(c => !extra.Contains(c.Name) && !Db.OwnColumns.Contains(c.Name)).Select(c => (c.Name, c.Type))
        );
    }

    private static string Yaml(string schema, string name) => Scalar($"{Quoted(schema)}.{Quoted(name)}");

    private static string Quoted(string part) => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Scalar(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
