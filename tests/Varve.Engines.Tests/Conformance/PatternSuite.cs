using System.Globalization;
using NodaTime;
using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Several tables of the schema m, and policies for them.</summary>
public abstract class PatternSuite(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private readonly SettableTime _time = new(Instant.FromUtc(2000, 1, 1, 0, 0));

    protected IReadOnlyDictionary<string, string> Archives { get; set; } = new Dictionary<string, string>();

    /// <summary>A pattern over the schema with more lines.</summary>
    protected static string Pattern(string more = "", string table = "m.*", string name = "all") =>
        $$"""
            policy: {{name}}
            table: "{{table}}"
            time: ts
            series: [host]
            measures: auto
            keep: 7d
            tiers: [{ every: 1h, keep: 30d }, { every: 1d }]
            {{more}}
            """;

    /// <summary>m.NAME(ts, host, v) with a row an hour.</summary>
    protected async Task TableAsync(string name, string from, string to, params SourceColumn[] columns)
    {
        var table = new SourceTable(
            new("m", name),
            "ts",
            TimeKind.Timestamp,
            columns.Length > 0 ? columns : [new("host", ValueKind.Text), new("v", ValueKind.Double)]
        );
        await Db.CreateAsync(table);
        var width = Duration.FromHours(1);
        List<SourceRow> rows = [];
        for (var at = At(from); at < At(to); at += width)
            rows.Add(new(at, [.. table.Columns.Select(c => Value(c.Kind, rows.Count))]));
        await Db.InsertAsync(table, rows);
    }

    protected async Task<T> WithAsync<T>(Func<Lifecycle, Task<T>> work)
    {
        await using var database = await Db.OpenAsync();
        return await work(new Lifecycle(database, new LifecycleOptions { TimeProvider = _time, Archives = Archives }));
    }

    protected Task<IReadOnlyList<ApplyResult>> ApplyAsync(params string[] policies) =>
        WithAsync(l => l.ApplyAsync([.. PolicyYaml.Parse(string.Join("\n---\n", policies), "policies.yaml").Select(Db.Said)]));

    protected Task<RunOutcome> RunAsync(string asOf, RunOptions? options = null, Selection? selection = null)
    {
        _time.Now = Instant.Max(_time.Now, At(asOf));
        return WithAsync(l =>
            RunOutcome.OfAsync(l, (options ?? new() { Yes = true }) with { AsOf = At(asOf) }, selection ?? Selection.All)
        );
    }

    protected Task<IReadOnlyList<Plan>> PlanAsync(string asOf, Selection? selection = null) =>
        WithAsync(l => l.PlanAsync(selection ?? Selection.All, At(asOf)));

    protected async Task<PatternReport> ReportAsync(string name = "all") =>
        Assert.Single(await WithAsync(l => l.PatternsAsync(Selection.Of(name))));

    protected async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. (await WithAsync(l => l.PoliciesAsync(Selection.All))).Select(p => p.Policy.Name)];

    protected async Task<long> CountAsync(string table) =>
        Convert.ToInt64((await Db.QueryAsync($"SELECT count(*) FROM {Db.Name(new("m", table))}"))[0][0], CultureInfo.InvariantCulture);

    /// <summary>Every covered bucket is what the rows that are left give.</summary>
    protected async Task AgreesAsync()
    {
        var reports = await WithAsync(l => l.VerifyAsync(Selection.All));
        Assert.Contains(reports, r => r.Buckets > 0);
        Assert.All(reports, r => Assert.Empty(r.Mismatches));
    }

    private static object Value(ValueKind kind, int number) =>
        kind switch
        {
            ValueKind.Text => "a",
            ValueKind.Bool => true,
            ValueKind.Integer => (long)number,
            _ => number / 8.0,
        };
}
