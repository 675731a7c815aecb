using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>What all suites share: a database of one test, the usual table, and small makers of rows.</summary>
public abstract class ConformanceSuite(Func<ScratchDatabase> create) : IAsyncLifetime
{
    /// <summary>Hours and days of all functions.</summary>
    protected const string Two = "tiers: [{ every: 1h }, { every: 1d }]";

    protected ScratchDatabase Db { get; } = create();

    /// <summary>Makes one more database, for tests that live many lives.</summary>
    protected Func<ScratchDatabase> Create { get; } = create;

    /// <summary>m.cpu(ts, host, v): one series column, one double.</summary>
    protected static SourceTable Cpu(TimeKind time = TimeKind.Timestamp, ValueKind value = ValueKind.Double) =>
        new(new("m", "cpu"), "ts", time, [new("host", ValueKind.Text), new("v", value)]);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task<Story> BeginAsync(string policy, params IEnumerable<SourceRow> rows) => Story.BeginAsync(Db, Cpu(), policy, rows);

    /// <summary>What needs transactions is refused by name where there are none, and that is all there is to see; true then.</summary>
    protected async Task<bool> IsRefusedAsync(string code, Func<Task> work)
    {
        if (Db.HasTransactions)
            return false;
        var refused = await Assert.ThrowsAsync<PolicyException>(work);
        Assert.Contains(code, refused.Problems.Select(p => p.Code).Append(refused.Code));
        return true;
    }

    protected static Instant At(string text) => InstantText.Parse(text);

    /// <summary>One row of m.cpu.</summary>
    protected static SourceRow Row(string at, double? value, string? host = "a") => SourceRow.Of(at, host, value);

    /// <summary>Rows of m.cpu at even steps, values that tell every row apart.</summary>
    protected static IReadOnlyList<SourceRow> Every(string from, string to, string step, string host = "a")
    {
        var width = Keep.Parse(step).Shortest;
        List<SourceRow> rows = [];
        for (var at = At(from); at < At(to); at += width)
            rows.Add(SourceRow.Of(at, host, (((at - NodaConstants.UnixEpoch).TotalMinutes * 7919) + host.Sum(c => c)) % 1021 / 1024));
        return rows;
    }

    /// <summary>The usual policy of m.cpu with more lines.</summary>
    protected static string Policy(string more, string functions = "count, sum, avg, min, max, first, last, stddev, variance") =>
        $$"""
            table: m.cpu
            time: ts
            series: [host]
            measures: { v: [{{functions}}] }
            {{more}}
            """;

    protected static IEnumerable<SourceRow> Before(IEnumerable<SourceRow> rows, string to) => rows.Where(r => r.At < At(to));

    protected static IEnumerable<SourceRow> Since(IEnumerable<SourceRow> rows, string from) => rows.Where(r => r.At >= At(from));

    /// <summary>True where rows are archived; else every way to an archive is refused by name, with a way out.</summary>
    protected async Task<bool> HasArchivesAsync()
    {
        if (Db.Archives)
            return true;
        if (Db.ArchivesBySnapshots)
            Assert.Skip("Archives are snapshots of partitions here, which other tests take.");
        var story = await Story.BeginAsync(Db, Cpu() with { Name = new("m", "kept") });
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.ApplyAsync(Policy("archive: cold\nkeep: 3d").Replace("m.cpu", "m.kept", StringComparison.Ordinal))
        );
        Assert.Equal("VRV145", refused.Code);
        Assert.Contains("Take `archive` out", refused.Message, StringComparison.Ordinal);
        return false;
    }

    /// <summary>True where a table can have a column of dates; else the database refuses one.</summary>
    protected async Task<bool> HasDatesAsync()
    {
        if (Db.Nearest(TimeKind.Date) == TimeKind.Date)
            return true;
        await Assert.ThrowsAnyAsync<Exception>(() => Db.CreateAsync(Cpu(TimeKind.Date)));
        return false;
    }

    /// <summary>Two lots of rows are the same, whatever their order.</summary>
    protected static void Same(IEnumerable<SourceRow> expected, IEnumerable<SourceRow> actual) =>
        Assert.Equal(expected.Select(Text).Order(StringComparer.Ordinal), actual.Select(Text).Order(StringComparer.Ordinal));

    private static string Text(SourceRow row) =>
        $"{(row.At is { } at ? InstantText.Format(at) : "NULL")} {string.Join(' ', row.Values.Select(Truth.Close.Show))}";

    /// <summary>A number of the first row, whatever type the engine has for it.</summary>
    protected static long Number(IReadOnlyList<object?[]> rows, int column) =>
        long.Parse(Convert.ToString(rows[0][column], CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture);
}
