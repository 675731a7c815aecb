using System.Globalization;
using NodaTime;
using Varve.Archiving;
using Varve.Engines.Tests.Truth;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Scratch;

/// <summary>One table, one policy, and what happens to them: the tests read as stories.</summary>
public sealed class Story(ScratchDatabase db, SourceTable table)
{
    private readonly SettableTime _time = new(Instant.FromUtc(2000, 1, 1, 0, 0));

    public ScratchDatabase Db => db;

    public SourceTable Table => table;

    /// <summary>The declared locations of archives, by name.</summary>
    public IReadOnlyDictionary<string, string> Archives { get; set; } = new Dictionary<string, string>();

    /// <summary>Kinds of places besides folders.</summary>
    public IReadOnlyList<ArchiveKind> ArchiveKinds { get; set; } = [];

    /// <summary>The policy as it was applied last.</summary>
    public Policy Policy { get; private set; } = null!;

    public Oracle Oracle { get; private set; } = null!;

    /// <summary>The planning instant of the newest run.</summary>
    public Instant AsOf { get; private set; }

    public static async Task<Story> BeginAsync(
        ScratchDatabase db,
        SourceTable table,
        string? policy = null,
        params IEnumerable<SourceRow> rows
    )
    {
        await db.CreateAsync(table);
        var story = new Story(db, table);
        await story.InsertAsync(rows);
        if (policy is not null)
            await story.ApplyAsync(policy);
        return story;
    }

    public Task InsertAsync(params IEnumerable<SourceRow> rows) => db.InsertAsync(table, [.. rows]);

    public Task DeleteAsync(string from, string to) => db.DeleteAsync(table, InstantText.Parse(from), InstantText.Parse(to));

    public async Task ApplyAsync(string yaml)
    {
        List<PolicyDocument> documents = [.. PolicyYaml.Parse(yaml, "policy.yaml").Select(db.Said)];
        await WithAsync(lifecycle => lifecycle.ApplyAsync(documents));
        Policy = documents[0].Policy;
        Oracle = new(Policy, table);
    }

    /// <summary>Opens the database as a new process would, and closes it again.</summary>
    public async Task<T> WithAsync<T>(Func<Lifecycle, Task<T>> work, TimeProvider? time = null)
    {
        await using var database = await db.OpenAsync();
        return await work(
            new Lifecycle(
                database,
                new LifecycleOptions
                {
                    TimeProvider = time ?? _time,
                    Archives = Archives,
                    ArchiveKinds = ArchiveKinds,
                }
            )
        );
    }

    public Task<RunOutcome> RunAsync(string asOf, RunOptions? options = null) => RunAsync(InstantText.Parse(asOf), options);

    public async Task<RunOutcome> RunAsync(Instant asOf, RunOptions? options = null)
    {
        _time.Now = Instant.Max(_time.Now, asOf);
        var outcome = await WithAsync(lifecycle =>
            RunOutcome.OfAsync(lifecycle, (options ?? new RunOptions { Yes = true }) with { AsOf = asOf })
        );
        AsOf = asOf;
        return outcome;
    }

    /// <summary>A run in which nothing may fail.</summary>
    public async Task<RunOutcome> RunWellAsync(string asOf)
    {
        var outcome = await RunAsync(asOf);
        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Skipped);
        Assert.Null(outcome.Brake);
        return outcome;
    }

    /// <summary>A run that does no more than the first steps of its plan, as one that was stopped.</summary>
    public async Task RunPartAsync(string asOf, Func<PlanStep, bool> steps)
    {
        var plan = await PlanAsync(asOf);
        var some = plan.Steps.TakeWhile(steps).ToList();
        Assert.InRange(some.Count, 1, plan.Steps.Count - 1);
        var outcome = await RunAsync(asOf, new RunOptions { Yes = true, Plans = [plan with { Steps = some }] });
        Assert.Empty(outcome.Errors);
        Assert.Equal(some.Select(s => s.Key), outcome.Done.Select(s => s.Key));
    }

    public async Task<Plan> PlanAsync(string asOf) =>
        (await WithAsync(lifecycle => lifecycle.PlanAsync(Selection.Of(Policy.Name), InstantText.Parse(asOf))))[0];

    public async Task<PolicyStatus> StatusAsync(string asOf) =>
        (await WithAsync(lifecycle => lifecycle.StatusAsync(Selection.Of(Policy.Name), InstantText.Parse(asOf))))[0];

    public Task<IReadOnlyList<SourceRow>> SourceAsync() => db.ReadAsync(table);

    public async Task<long> CountAsync(string relation) =>
        Convert.ToInt64(
            (await db.QueryAsync($"SELECT count(*) FROM {db.Name(table.Name.WithName(relation))}"))[0][0],
            CultureInfo.InvariantCulture
        );

    public async Task<long> CountSourceAsync(string from, string to) =>
        (await SourceAsync()).Count(r => r.IsTimed && new TimeRange(InstantText.Parse(from), InstantText.Parse(to)).Contains(r.At!.Value));

    public TrueTiers Tiers(params IEnumerable<SourceRow> rows)
    {
        var at = rows.Where(r => r.IsTimed).Select(r => r.At!.Value).DefaultIfEmpty(AsOf).ToList();
        return new(Policy, new(at.Min() - Duration.FromDays(800), at.Max() + Duration.FromDays(800)));
    }

    /// <summary>Every tier's states and view are what these rows give, for every bucket that is closed as of the last run.</summary>
    public async Task ExpectTiersAsync(params IEnumerable<SourceRow> rows)
    {
        for (var i = 0; i < Policy.Tiers.Count; i++)
            await ExpectTierAsync(i, rows);
    }

    /// <summary>As <see cref="ExpectTiersAsync"/>, for one tier.</summary>
    public async Task ExpectTierAsync(int tier, params IEnumerable<SourceRow> rows)
    {
        List<SourceRow> all = [.. rows.Select(r => r.At is { } at ? r with { At = db.Kept(at, table.TimeKind) } : r)];
        var tiers = Tiers(all);
        var closed = Policy.Late.SubtractFrom(AsOf, DateTimeZoneProviders.Tzdb[Policy.Zone]);
        var expected = Oracle.RollUp(tiers.Grid(tier), tiers.Grid(tiers.First(tier)), all).Where(b => b.Range.To <= closed);
        await TierCheck.ExpectAsync(this, tiers, tier, [.. expected]);
    }
}
