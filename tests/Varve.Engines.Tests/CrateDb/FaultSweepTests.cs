using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// A run each day, and in each of them one statement goes wrong: every kind of statement that changes something comes once,
/// of those that read a sample. Each run leaves to the next one what it did not do; in the end every number is right, and no
/// row was lost on the way.
/// </summary>
public sealed partial class FaultSweepTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const int Seed = 18;
    private const string Days =
        "source: { expire: partitions }\nkeep: 5d\nmeasures: { v: [count, sum, min, max, last] }\ntiers: [{ every: 1d }]";

    private static readonly Instant s_first = At("2025-01-01");

    private readonly List<SourceRow> _rows = [.. Every("2025-01-01", "2025-03-20", "12h")];
    private RunOutcome? _said;

    private readonly SettableTime _clock = new(At("2026-01-01"));

    /// <summary>What the cluster answers instead of doing the statement, each in its turn.</summary>
    private static Reply[] Refusals => [Reply.Unavailable, Reply.TooMany, Reply.InSnapshot, Reply.Sealed, Reply.NoMaster];

    [Fact]
    public Task An_answer_that_is_lost_after_its_statement_was_done_costs_no_row() => LoseAsync(30, (_, _) => Fault.LostAfter);

    [Fact]
    public Task A_connection_that_is_cut_before_or_within_an_answer_costs_no_row() =>
        LoseAsync(6, (kind, turn) => turn % 2 == 0 ? Fault.Cut : Fault.LostBefore);

    [Fact]
    public async Task A_statement_that_is_refused_costs_no_row()
    {
        var (story, crate) = await BeginAsync();
        var turn = 0;
        var days = await SweepAsync(
            story,
            crate,
            Some(6),
            4,
            async (armed, day) =>
            {
                crate.Before = (call, _) => Task.FromResult(armed.TryHit(Kind(call)) ? Refusals[turn++ % Refusals.Length] : null);
                _said = await story.RunAsync(day);
                crate.Before = (_, _) => Task.FromResult<Reply?>(null);
            }
        );
        await EndAsync(story, days);
    }

    [Fact]
    public async Task A_client_that_dies_after_a_statement_is_followed_by_one_that_goes_on()
    {
        var (story, crate) = await BeginAsync();
        var days = await SweepAsync(
            story,
            crate,
            Some(3),
            1,
            async (armed, day) =>
            {
                var dead = new TaskCompletionSource();
                string? who = null;
                crate.Http.Fails = call =>
                {
                    if (who is not null && Holder(call) == who)
                    {
                        dead.TrySetResult();
                        return Fault.Silent;
                    }

                    if (who is not null || !armed.TryHit(Kind(call)))
                        return Fault.None;
                    who = Holder(call);
                    return Fault.LostAfter;
                };
                var run = story.RunAsync(day);
                _said = await Task.WhenAny(run, dead.Task) == run ? await run : null;
                _clock.Now += Duration.FromSeconds(61);
            }
        );
        crate.Http.Fails = _ => Fault.None;
        await EndAsync(story, days);
    }

    [Fact]
    public async Task A_primary_that_is_away_for_a_run_costs_no_row()
    {
        var (story, crate) = await BeginAsync();
        var days = await SweepAsync(
            story,
            crate,
            Some(0),
            1,
            async (armed, day) =>
            {
                string? lost = null;
                crate.Before = (call, _) =>
                {
                    if (armed.TryHit(Kind(call)))
                        crate.Lose("m", "cpu", lost = Partitions(crate).Keys.Order(StringComparer.Ordinal).First());
                    return Task.FromResult<Reply?>(null);
                };
                _said = await story.RunAsync(day);
                crate.Before = (_, _) => Task.FromResult<Reply?>(null);
                if (lost is not null && Partitions(crate).ContainsKey(lost))
                    crate.Lose("m", "cpu", lost, isLost: false);
            }
        );
        await EndAsync(story, days);
    }

    /// <summary>But between the last comparison of a quiet partition and its drop, which is why the others are closed for writes.</summary>
    [Fact]
    public async Task A_row_that_somebody_writes_before_any_statement_is_counted_or_still_there()
    {
        var (story, crate) = await BeginAsync();
        var days = await SweepAsync(
            story,
            crate,
            Some(8),
            3,
            async (armed, day) =>
            {
                var minutes = 0;
                crate.Before = async (call, _) =>
                {
                    if (!armed.TryHit(Kind(call)) || call.Says("DELETE FROM \"m\".\"cpu\""))
                        return null;
                    var more = SourceRow.Of(Goes(day) - Duration.FromHours(21) + Duration.FromMinutes(minutes++), "a", 0.25);
                    if (await WroteAsync(crate, more))
                        _rows.Add(more);
                    return null;
                };
                _said = await story.RunAsync(day);
                crate.Before = (_, _) => Task.FromResult<Reply?>(null);
            }
        );
        await CountedAsync(story, days);
    }

    private async Task LoseAsync(int most, Func<string, int, Fault> how)
    {
        var (story, crate) = await BeginAsync();
        var turn = 0;
        var days = await SweepAsync(
            story,
            crate,
            Some(most),
            5,
            async (armed, day) =>
            {
                crate.Http.Fails = call => armed.TryHit(Kind(call)) ? how(Kind(call), turn++) : Fault.None;
                _said = await story.RunAsync(day);
                crate.Http.Fails = _ => Fault.None;
            }
        );
        await EndAsync(story, days);
    }

    private static IReadOnlyDictionary<string, CratePartition> Partitions(ExecutingCrate crate) =>
        crate.Store.Tables[("m", "cpu")].Partitions;

    /// <summary>
    /// Every kind of statement that changes the table, its tiers or its views, and of Varve's own books and of those that read a
    /// sample.
    /// </summary>
    private static Func<IReadOnlyList<string>, IReadOnlyList<string>> Some(int most) =>
        kinds =>
        {
            var random = new Random(Seed);
            var writes = kinds.Where(k => !IsReading(k)).ToList();
            var own = writes.Where(k => k.Contains("\"varve\".", StringComparison.Ordinal)).ToList();
            return
            [
                .. writes.Except(own),
                .. own.OrderBy(_ => random.Next()).Take(most),
                .. kinds.Where(IsReading).OrderBy(_ => random.Next()).Take(most / 4),
            ];
        };

    private async Task<(Story Story, ExecutingCrate Crate)> BeginAsync()
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        crate.Clock = _clock;
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        await Db.ExecuteAsync($"INSERT INTO m.cpu (ts, host, v) VALUES {string.Join(", ", _rows.Select(Values))}");
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.ApplyAsync($"table: m.cpu\ntime: ts\nseries: [host]\n{Days}");
        return (story, crate);
    }

    /// <summary>Runs until every kind had its turn, some of them in each; the day after the last one.</summary>
    private async Task<Instant> SweepAsync(
        Story story,
        ExecutingCrate crate,
        Func<IReadOnlyList<string>, IReadOnlyList<string>> choose,
        int atOnce,
        Func<Armed, Instant, Task> run
    )
    {
        var day = s_first + Duration.FromDays(7);
        await story.RunWellAsync(InstantText.Format(day));
        await story.RunWellAsync(InstantText.Format(day += Duration.FromDays(1)));
        var before = crate.Http.Calls.Count;
        await story.RunWellAsync(InstantText.Format(day += Duration.FromDays(1)));
        var left = choose([.. crate.Http.Calls.Skip(before).Select(Kind).Distinct()]);
        Assert.InRange(left.Count, 3, 60);
        for (var runs = 0; left.Count > 0; runs++)
        {
            // Far from each other in a run: most faults end with a step that is tried again.
            var armed = new Armed(left.Where((_, i) => i % Math.Max(1, left.Count / atOnce) == 0).Take(atOnce));
            await run(armed, day += Duration.FromDays(1));
            Assert.True(runs < 45, $"No statement of so many runs was: {left[0]}. The last one said: {Said}");
            left = [.. left.Except(armed.Hits)];
            var there = (await story.SourceAsync()).Count(r => r.At >= Goes(day));
            Assert.True(
                there >= Every(InstantText.Format(Goes(day)), "2025-03-20", "12h").Count,
                $"Rows are lost after: {string.Join("; ", armed.Hits)}. It said: {Said}"
            );
        }

        return day + Duration.FromDays(1);
    }

    private string Said =>
        string.Join("; ", _said is null ? [] : _said.Errors.Select(e => e.Message).Concat(_said.Waits.Select(w => w.Reason)));

    private async Task EndAsync(Story story, Instant day)
    {
        await story.RunWellAsync(InstantText.Format(day));
        await story.ExpectTiersAsync(_rows);
        var left = await story.SourceAsync();
        Same(_rows.Where(r => r.At >= Goes(day)), left);
        Assert.Equal(_rows.Count, Number(await Db.QueryAsync("SELECT sum(varve_rows) FROM m.cpu_all"), 0));
        Assert.Empty(
            await Db.QueryAsync(
                "SELECT partition_ident FROM information_schema.table_partitions WHERE table_name = 'cpu' AND settings['blocks']['write'] = 'true'"
            )
        );
    }

    /// <summary>Each row is in a tier or in the source, and none in both where its day has gone.</summary>
    private async Task CountedAsync(Story story, Instant day)
    {
        _said = await story.RunAsync(day);
        var tier = (await Db.QueryAsync("SELECT ts, varve_rows FROM m.cpu_1d_states")).ToDictionary(
            r => DayOf(r[0]),
            r => Convert.ToInt64(r[1], CultureInfo.InvariantCulture)
        );
        var source = (await story.SourceAsync()).ToLookup(r => r.At!.Value.InUtc().Date);
        foreach (var written in _rows.GroupBy(r => r.At!.Value.InUtc().Date))
        {
            var hasGone = written.Key.AtMidnight().InUtc().ToInstant() < Goes(day);
            var counted = hasGone ? tier.GetValueOrDefault(written.Key) + source[written.Key].Count() : source[written.Key].Count();
            Assert.True(
                counted == written.Count(),
                $"{written.Key}: {tier.GetValueOrDefault(written.Key)} in the tier, {source[written.Key].Count()} in the source, of {written.Count()} rows; {Said}"
            );
        }
    }

    private static LocalDate DayOf(object? at) => ((Instant)at!).InUtc().Date;

    private static Instant Goes(Instant day) => day - Duration.FromDays(5);

    private static string Values(SourceRow row) =>
        FormattableString.Invariant($"({row.At!.Value.ToUnixTimeMilliseconds()}, '{row.Values[0]}', {row.Values[1]:R})");

    private static async Task<bool> WroteAsync(ExecutingCrate crate, SourceRow row)
    {
        try
        {
            await crate.DoAsync($"INSERT INTO m.cpu (ts, host, v) VALUES {Values(row)}");
            return true;
        }
        catch (CrateError blocked) when (blocked.Reply.Body.Contains("4035", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static string Kind(SqlCall call)
    {
        var text = Lists().Replace(Numbers().Replace(Comment().Replace(call.Statement, ""), "#"), "#");
        return text.Length > 95 ? text[..95] : text;
    }

    private static string Holder(SqlCall call) => Comment().Match(call.Statement).Value;

    private static bool IsReading(string kind) =>
        kind.StartsWith("SELECT", StringComparison.Ordinal) || kind.StartsWith("REFRESH", StringComparison.Ordinal);

    /// <summary>Kinds of statements at which something happens once.</summary>
    private sealed class Armed(IEnumerable<string> kinds)
    {
        private readonly HashSet<string> _left = [.. kinds];

        internal List<string> Hits { get; } = [];

        internal bool TryHit(string kind)
        {
            lock (_left)
            {
                if (!_left.Remove(kind))
                    return false;
                Hits.Add(kind);
                return true;
            }
        }
    }

    [GeneratedRegex(@"^/\*.*?\*/ ")]
    private static partial Regex Comment();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();

    [GeneratedRegex("#(, #)+")]
    private static partial Regex Lists();
}
