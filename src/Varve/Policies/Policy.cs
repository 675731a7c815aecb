using NodaTime;
using Varve.Scheduling;
using Varve.Time;

namespace Varve.Policies;

/// <summary>What should be true of one table. A value; two policies are compared by their canonical text.</summary>
public sealed record Policy
{
    private readonly IReadOnlyList<string>? _series;

    /// <summary>Its name: unique in a catalog and immutable. Default: the table's name as written.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The source: the user's own table. A pattern means every table that it matches, also those that are made later: each
    /// gets a policy of its own that says the same.
    /// </summary>
    public required TableName Table { get; init; }

    /// <summary>Tables, and patterns of tables, that a pattern leaves out.</summary>
    public IReadOnlyList<TableName> Except { get; init; } = [];

    /// <summary>The column that says when a row was true.</summary>
    public required string Time { get; init; }

    /// <summary>The unit of an integer time column; null for a timestamp or a date.</summary>
    public TimeUnit? Unit { get; init; }

    /// <summary>The columns that name one series; NULL in them is a value like any other. Empty: one series.</summary>
    public IReadOnlyList<string> Series
    {
        get => _series ?? [];
        init => _series = value;
    }

    /// <summary>
    /// Whether <see cref="Series"/> was set, be it to nothing. A policy that does not say it is refused where the table
    /// has columns besides the time and the measures.
    /// </summary>
    public bool SaysSeries => _series is not null;

    /// <summary>The measures, in the order of the policy; null is <c>auto</c>: every remaining column by its type.</summary>
    public IReadOnlyList<Measure>? Measures { get; init; } = [];

    /// <summary>The tiers, finest first; empty for plain retention.</summary>
    public IReadOnlyList<Tier> Tiers { get; init; } = [];

    /// <summary>How long source rows stay. Default: forever.</summary>
    public Keep Keep { get; init; } = Keep.Forever;

    /// <summary>Where source rows are archived before they go; null: they are not.</summary>
    public Archive? Archive { get; init; }

    /// <summary>Where parts of the source move as they age, earliest first; empty: they stay where they are.</summary>
    public IReadOnlyList<Hop> Relocate { get; init; } = [];

    /// <summary>How long a bucket waits for stragglers before it closes. Default: 0s.</summary>
    public Keep Late { get; init; } = Keep.Parse("0s");

    /// <summary>How far back changes are looked for; null: 1 d, or 3 × <see cref="Late"/> if longer, at most what keep leaves.</summary>
    public Keep? Recheck { get; init; }

    /// <summary>The expected sampling interval, for the coverage of buckets; null where none is expected.</summary>
    public Keep? Interval { get; init; }

    /// <summary>Below this share of known time values read as NULL; 0 to 1, default 0.</summary>
    public double MinCoverage { get; init; }

    /// <summary>A column that says when a row arrived; null where there is none.</summary>
    public string? Arrival { get; init; }

    /// <summary>How rows are proven covered before they go. Default: <see cref="Proof.Full"/>.</summary>
    public Proof Proof { get; init; }

    /// <summary>Which of several values at one instant is first or last. Default: <see cref="Ties.Smallest"/>.</summary>
    public Ties Ties { get; init; }

    /// <summary>What ages rows when the source is silent. Default: <see cref="OnSilence.Expire"/>.</summary>
    public OnSilence OnSilence { get; init; }

    /// <summary>How rows of the source go.</summary>
    public ExpireBy ExpireBy { get; init; }

    /// <summary>Which partitions are closed for writes before they go. Default: <see cref="Seal.Auto"/>.</summary>
    public Seal Seal { get; init; }

    /// <summary>How long partitions of the source are, where the table does not tell it; null where it does.</summary>
    public PartitionWidth? Partition { get; init; }

    /// <summary>What happens to rows that arrive for a range that has expired. Default: <see cref="LateAfterExpiry.Hold"/>.</summary>
    public LateAfterExpiry LateAfterExpiry { get; init; }

    /// <summary>What the proof does where it finds many other values. Default: <see cref="ProofChanges.Halt"/>.</summary>
    public ProofChanges ProofChanges { get; init; }

    /// <summary>The IANA zone of calendar durations, and of the tiers that name none. Default: UTC.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>
    /// The zone that people read it in: that of the first tier of local days, weeks, months or years, else <see cref="Zone"/>.
    /// </summary>
    public string LocalZone => Tiers.FirstOrDefault(t => t.Every is Width.Calendar) is { Zone: { } zone } ? zone : Zone;

    /// <summary>The zone in which a width is asked for: that of the calendar tier of that name, else <see cref="LocalZone"/>.</summary>
    /// <param name="every">The width, or the name of a tier; null for none in particular.</param>
    /// <returns>Its IANA name.</returns>
    public string ZoneOf(string? every) =>
        Tiers.FirstOrDefault(t => t.Every is Width.Calendar && (t.Name ?? t.Every.Name) == every) is { } tier
            ? tier.Zone ?? Zone
            : LocalZone;

    /// <summary>The schema of what Varve creates; null: the source's.</summary>
    public string? Schema { get; init; }

    /// <summary>False: the stitched view and the tier views are left out.</summary>
    public bool Views { get; init; } = true;

    /// <summary>When <c>varve serve</c> runs it; null: never by itself.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Free words to select policies by; unique, in the order of the policy.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>Which partitions are closed for writes before they go, on engines that do not keep writers out by themselves.</summary>
public enum Seal
{
    /// <summary>Those that somebody wrote to since an earlier run.</summary>
    Auto,

    /// <summary>Each of them.</summary>
    Always,
}

/// <summary>Where source rows are archived before they go.</summary>
/// <param name="To">The name of a location that the operator declared; never a path.</param>
/// <param name="Drill">True: each archive is restored under another name and compared. For engines that archive by snapshots.</param>
public sealed record Archive(string To, bool Drill = false);

/// <summary>One coarser resolution of the source.</summary>
public sealed record Tier
{
    /// <summary>The width of its buckets.</summary>
    public required Width Every { get; init; }

    /// <summary>How long its buckets stay. Default: forever.</summary>
    public Keep Keep { get; init; } = Keep.Forever;

    /// <summary>The zone of its local days, months and years; null: the policy's. Fixed widths have none.</summary>
    public string? Zone { get; init; }

    /// <summary>An instant on a boundary of a fixed width. Default: 1970-01-01T00:00Z.</summary>
    public Instant Origin { get; init; } = NodaConstants.UnixEpoch;

    /// <summary>The name behind the table's; null: the canonical width.</summary>
    public string? Name { get; init; }
}

/// <summary>A column and the functions that people read from it.</summary>
public sealed record Measure
{
    /// <summary>The name in the tiers. Default: the column's.</summary>
    public required string Name { get; init; }

    /// <summary>The column of the source.</summary>
    public required string Column { get; init; }

    /// <summary>At least one, each once, in the order of the policy.</summary>
    public required IReadOnlyList<Function> Functions { get; init; }

    /// <summary>Overrides the policy's rule for ties; null: the policy's.</summary>
    public Ties? Ties { get; init; }

    /// <summary>
    /// What its numbers count, for pictures: bytes, bits/s, percent, seconds or any other word; null: nothing that is said.
    /// </summary>
    public string? Unit { get; init; }
}

/// <summary>What can be read from a measure (semantics: states and how they merge).</summary>
public enum Function
{
    /// <summary>Number of values: neither NULL nor NaN nor infinite.</summary>
    Count,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Sum by count; of a bool the share of true.</summary>
    Avg,

    /// <summary>The least value.</summary>
    Min,

    /// <summary>The greatest value.</summary>
    Max,

    /// <summary>The value at the earliest instant.</summary>
    First,

    /// <summary>The value at the latest instant.</summary>
    Last,

    /// <summary>Sample standard deviation; NULL below two values.</summary>
    Stddev,

    /// <summary>Sample variance; NULL below two values.</summary>
    Variance,
}

/// <summary>The unit of an integer that counts from 1970-01-01T00:00Z.</summary>
public enum TimeUnit
{
    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>Microseconds.</summary>
    Microseconds,

    /// <summary>Nanoseconds.</summary>
    Nanoseconds,
}

/// <summary>How rows are proven covered before they go.</summary>
public enum Proof
{
    /// <summary>Every stored state of every bucket and series is computed again and compared.</summary>
    Full,

    /// <summary>Totals of a slice are compared: cheaper, blind to values that changed places.</summary>
    Totals,
}

/// <summary>Which of several values at the same instant is first or last.</summary>
public enum Ties
{
    /// <summary>The smallest, so that runs agree.</summary>
    Smallest,

    /// <summary>Whichever the engine met; only the instants of first and last are proven.</summary>
    Any,
}

/// <summary>How rows of the source go.</summary>
public enum ExpireBy
{
    /// <summary>
    /// Whole partitions where the table has them. What is in none that goes as a whole goes row by row, unless the engine
    /// cannot keep rows that come meanwhile apart: there it stays.
    /// </summary>
    Auto,

    /// <summary>Whole partitions only: what is in none that goes as a whole stays.</summary>
    Partitions,

    /// <summary>Row by row, whatever the table has.</summary>
    Rows,
}

/// <summary>What ages rows when the source is silent.</summary>
public enum OnSilence
{
    /// <summary>The clock: what is older than <c>keep</c> goes.</summary>
    Expire,

    /// <summary>The newest source row at or before the planning instant.</summary>
    Hold,
}

/// <summary>What the proof does where it finds that many values, or all of a bucket, are others than when the tiers were built.</summary>
public enum ProofChanges
{
    /// <summary>That range waits until a person has said which values are right.</summary>
    Halt,

    /// <summary>Corrections of old values are normal for this table: the tiers take them over, and the run says so.</summary>
    Follow,
}

/// <summary>What happens to rows that arrive for a range that has expired.</summary>
public enum LateAfterExpiry
{
    /// <summary>They stay in the source, are counted by status, and are in no tier.</summary>
    Hold,

    /// <summary>They are removed and counted in the audit log.</summary>
    Discard,

    /// <summary>
    /// They are added to every tier that still has a bucket for them and can no longer be built from what has them, and removed.
    /// </summary>
    Merge,
}
