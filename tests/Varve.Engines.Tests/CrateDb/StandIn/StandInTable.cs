using System.Globalization;
using System.Text.RegularExpressions;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>A table partitioned by day, as the catalogs of a cluster show it: two shards a partition, ten rows.</summary>
internal sealed partial class StandInTable(string schema, string name)
{
    private const long Day = 86_400_000;

    private readonly SortedDictionary<int, Part> _parts = [];
    private int _made;

    /// <summary>The days that are there.</summary>
    internal IReadOnlyList<int> Days => [.. _parts.Keys];

    internal void Add(int day) => _parts[day] = new($"uuid-{_made++}", 9, 2, false);

    internal void Remove(int day) => _parts.Remove(day);

    /// <summary>Somebody writes a row.</summary>
    internal void Write(int day) => _parts[day] = _parts[day] with { Sequence = _parts[day].Sequence + 1 };

    /// <summary>A primary shard has no live copy any more.</summary>
    internal void Lose(int day) => _parts[day] = _parts[day] with { Started = 1 };

    /// <summary>A primary shard is there, and not open yet.</summary>
    internal void Silence(int day) => _parts[day] = _parts[day] with { Sequence = null };

    internal void Close(int day) => _parts[day] = _parts[day] with { IsClosed = true };

    internal Reply? Answer(SqlCall call)
    {
        if (call.Says("DELETE FROM"))
            return Drop(call);
        if (call.Args.Count < 2 || call.Args[0].GetString() != schema || call.Args[1].GetString() != name)
            return null;
        if (call.Says("coalesce(s.n, 0) < p.shards"))
            return Missing();
        if (call.Says("information_schema.columns"))
            return Reply.Rows(
                [("n", 4), ("t", 4), ("e", 4)],
                ["ts", "timestamp with time zone", null],
                ["day", "timestamp with time zone", "date_trunc('day', ts)"]
            );
        if (call.Says("information_schema.tables"))
            return Reply.Rows(
                [("p", new object[] { 100, 4 }), ("n", 9), ("c", 3), ("r", 12), ("w", 3)],
                [new[] { "day" }, 2, false, new { }, null]
            );
        if (call.Says("information_schema.table_partitions"))
            return Reply.Rows(
                [("i", 4), ("v", 12), ("n", 9), ("c", 3), ("r", 12), ("w", 3), ("k", 4)],
                [
                    .. _parts.Select(p =>
                        (IReadOnlyList<object?>)[Ident(p.Key), new { day = p.Key * Day }, 2, p.Value.IsClosed, new { }, null, "0"]
                    ),
                ]
            );
        return call.Says("sys.shards")
            ? Reply.Rows(
                [("i", 4), ("u", 4), ("id", 9), ("s", 10), ("n", 10), ("b", 10)],
                [
                    .. _parts.SelectMany(p =>
                        Enumerable
                            .Range(0, p.Value.Started)
                            .Select(s => (IReadOnlyList<object?>)[Ident(p.Key), p.Value.Uuid, s, p.Value.Sequence, 5, 500])
                    ),
                ]
            )
            : null;
    }

    /// <summary>What is not there is no error, and there is never a count.</summary>
    private Reply Drop(SqlCall call)
    {
        foreach (var value in Values().Matches(call.Statement).Select(m => long.Parse(m.Value, CultureInfo.InvariantCulture)))
            Remove((int)(value / Day));
        return Reply.Done(-1);
    }

    private Reply Missing() =>
        Reply.Rows(
            [("i", 4), ("n", 9), ("s", 10), ("c", 3)],
            [
                .. _parts
                    .Where(p => p.Value.Started < 2 || p.Value.IsClosed)
                    .Select(p => (IReadOnlyList<object?>)[Ident(p.Key), 2, p.Value.Started, p.Value.IsClosed]),
            ]
        );

    private static string Ident(int day) => day.ToString(CultureInfo.InvariantCulture);

    private sealed record Part(string Uuid, long? Sequence, int Started, bool IsClosed);

    [GeneratedRegex(@"\b\d+\b")]
    private static partial Regex Values();
}
