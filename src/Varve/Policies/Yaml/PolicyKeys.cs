using Varve.Scheduling;

namespace Varve.Policies;

/// <summary>Every key of a policy file, in the order in which people read them.</summary>
public static class PolicyKeys
{
    internal static readonly IReadOnlyList<string> FunctionNames = [.. Enum.GetNames<Function>().Select(Lower)];

    /// <summary>All keys, those that come later included.</summary>
    public static IReadOnlyList<PolicyKey> All { get; } =
    [
        new("policy", KeyKind.Name, "the table's name", "Its name: unique in a catalog, and immutable."),
        new(
            "table",
            KeyKind.Table,
            "required",
            "The source, schema.table; a part that holds a dot is quoted: \"a.b\".c. A pattern, metrics.*, means every table that it matches, also those that are made later."
        ),
        new("except", KeyKind.Tables, "none", "Tables, or patterns, that a pattern leaves out."),
        new("time", KeyKind.Keys, "required", "The column that says when a row was true: a timestamp, a date, or an integer with its unit.")
        {
            Short = "column",
        },
        new("time.column", KeyKind.Name, "required", "The name of the time column."),
        new("time.unit", KeyKind.Choice, "none", "The unit of an integer that counts from 1970-01-01T00:00Z.")
        {
            Choices = ["s", "ms", "us", "ns"],
        },
        new(
            "series",
            KeyKind.Names,
            "required where there are columns besides time and measures",
            "The columns that name one series; NULL is a value like any other. [] says \"one series\" on purpose."
        ),
        new(
            "measures",
            KeyKind.MapOfKeys,
            "none: rows are counted",
            "The columns that are rolled up, each with the functions that people read; `auto` takes avg, min, max of numbers and last of bool and text."
        )
        {
            Word = "auto",
        },
        new("measures.*", KeyKind.Keys, "", "The functions of one column, or its long form.") { Short = "functions" },
        new("measures.*.column", KeyKind.Name, "the measure's name", "The column, where the measure has another name."),
        new("measures.*.functions", KeyKind.Choices, "required", "What is read from it.") { Choices = FunctionNames },
        new("measures.*.ties", KeyKind.Choice, "the policy's", "Which of several values at one instant is first or last.")
        {
            Choices = Names<Ties>(),
        },
        new(
            "measures.*.unit",
            KeyKind.Text,
            "none",
            "What its numbers count, for pictures: `bytes` (KiB, MiB), `decbytes` (kB, MB), `bits`, each also with `/s`, `percent`, `share` (of 1, shown as percent), `seconds`, `milliseconds`, W, V, Hz and the like with their prefixes; any other word stands behind the number."
        ),
        new("measures.*.alpha", KeyKind.Share, "0.01", "The relative error of percentiles.") { IsLater = true },
        new("measures.*.max", KeyKind.Text, "none", "Where a counter wraps.") { IsLater = true },
        new("interval", KeyKind.Duration, "none", "The expected sampling interval, for the coverage of buckets."),
        new("keep", KeyKind.Keep, "forever", "Short for source.keep."),
        new("source", KeyKind.Keys, "", "What becomes of the source's rows."),
        new("source.keep", KeyKind.Keep, "forever; with a preset, the keep of its first tier", "How long source rows stay."),
        new(
            "source.expire",
            KeyKind.Choice,
            "auto",
            "How source rows go: whole partitions where there are some and rows elsewhere, partitions only, or rows only. On CrateDB auto is partitions."
        )
        {
            Choices = Names<ExpireBy>(),
        },
        new(
            "source.partition",
            KeyKind.Keys,
            "derived from the table",
            "How long partitions are, where the table does not tell it: on CrateDB of a column that writers fill."
        ),
        .. Hops("source.relocate", "Where partitions of the source move as they age."),
        .. Archive("source.archive", "Where rows are archived before they go: the name of a location that the operator declared."),
        new("tiers", KeyKind.ListOfKeys, "none", "The coarser resolutions, from the finest to the coarsest."),
        new(
            "tiers[].every",
            KeyKind.Width,
            "required",
            "The width of its buckets: whole seconds, minutes or hours, or a calendar width: 1d, 1w, 1mo, 2mo, 1q, 4mo, 6mo, 1y."
        ),
        new("tiers[].keep", KeyKind.Keep, "forever", "How long its buckets stay."),
        new("tiers[].zone", KeyKind.Zone, "the policy's", "The zone of its local days, months or years."),
        new("tiers[].origin", KeyKind.Instant, "1970-01-01T00:00Z", "An instant on a boundary of a fixed width."),
        new("tiers[].name", KeyKind.Name, "the width", "What stands behind the table's name: metrics.cpu_1h."),
        new(
            "preset",
            KeyKind.Keys,
            "none",
            "Tiers and measures: auto in one word: `munin` (5m for 2d, 30m for 9d, 2h for 45d, 1d for 450d)."
        )
        {
            Word = "munin",
        },
        new(
            "preset.graphite",
            KeyKind.Text,
            "none",
            "The retentions of Graphite, \"10s:6h,1m:7d,10m:5y\": each pair is a tier and how long it stays."
        ),
        new("graphite", KeyKind.Text, "none", "Short for preset.graphite."),
        new("late", KeyKind.Duration, "0s", "How long a bucket waits for stragglers before it closes."),
        new("recheck", KeyKind.Duration, "1d, or 3 × late if longer, at most what keep leaves", "How far back changes are looked for."),
        new(
            "proof",
            KeyKind.Choice,
            "full",
            "How rows are proven covered before they go; totals is cheaper and blind to values that changed places."
        )
        {
            Choices = Names<Proof>(),
        },
        new(
            "proof_changes",
            KeyKind.Choice,
            "halt",
            "What happens where the proof finds that many values, or all of a bucket, are others than when the tiers were built, and as many rows: the range waits for a person, or the tiers follow."
        )
        {
            Choices = Names<ProofChanges>(),
        },
        new("arrival", KeyKind.Name, "none", "A column that says when a row arrived."),
        new("heartbeat", KeyKind.Duration, "2 × interval", "How long a value stands for what follows it.") { IsLater = true },
        new("min_coverage", KeyKind.Share, "0", "Below this share of known time values read as NULL; the states are stored all the same."),
        new("zone", KeyKind.Zone, "UTC", "The zone of months, quarters and years, and of the tiers that name none."),
        new("on_silence", KeyKind.Choice, "expire", "What ages rows when the source is silent: the clock, or with hold its newest row.")
        {
            Choices = Names<OnSilence>(),
        },
        new(
            "late_after_expiry",
            KeyKind.Choice,
            "hold",
            "What happens to rows that arrive for a range that has expired: they stay in the source, go, or are added to the tiers and go."
        )
        {
            Choices = Names<LateAfterExpiry>(),
        },
        new("ties", KeyKind.Choice, "smallest", "Which of several values at one instant is first or last.") { Choices = Names<Ties>() },
        new("schema", KeyKind.Name, "the source's", "The schema of what Varve creates."),
        new("views", KeyKind.Truth, "true", "Whether people get views beside the tables of states."),
        new("tags", KeyKind.Words, "none", "Words to select policies by."),
        new("shards", KeyKind.Text, "1", "Shards of each tier partition on CrateDB.") { IsLater = true },
        new(
            "seal",
            KeyKind.Choice,
            "auto",
            "Which partitions are closed for writes before they go, on CrateDB: those that somebody wrote to since an earlier run, or each."
        )
        {
            Choices = Names<Seal>(),
        },
        .. Schedule,
        new("tenant", KeyKind.Text, "none", "Whose it is.") { IsLater = true },
        .. Hops("relocate", "Short for source.relocate."),
        new("source.partition.by", KeyKind.Name, "required", "The column; its value is the start of the partition."),
        new("source.partition.every", KeyKind.Width, "required", "How long a partition is."),
        new("source.partition.zone", KeyKind.Zone, "the policy's", "The zone of local days, weeks, months or years."),
        new("source.partition.origin", KeyKind.Instant, "1970-01-01T00:00Z", "An instant on a boundary of a fixed width."),
        .. Archive("archive", "Short for source.archive."),
    ];

    /// <summary>Values that are refused by name because their feature comes later, by the path of their key.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> LaterValues { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["measures.*.functions"] = ["increase", "rate", "time_avg", "time_in_state"],
        };

    /// <summary>The keys right under a path, those that come later included.</summary>
    /// <param name="parent">The path of the keys around them; empty for the top.</param>
    public static IReadOnlyList<PolicyKey> Under(string parent) => [.. All.Where(k => k.Parent == parent)];

    /// <summary>The key of that path.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static PolicyKey Of(string path) => All.First(k => k.Path == path);

    /// <summary>How a value of an enumeration is written: <c>LateAfterExpiry</c> is <c>late_after_expiry</c>.</summary>
    internal static string Lower(string name) => name.ToLowerInvariant();

    private static IReadOnlyList<string> Names<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(Lower)];

    private static IReadOnlyList<PolicyKey> Schedule =>
        [
            new("schedule", KeyKind.Keys, "none: it runs when somebody runs it", "When `varve serve` runs it.") { Short = "cron" },
            new(
                "schedule.cron",
                KeyKind.Text,
                "`every`",
                "A cron expression, \"*/5 * * * *\": minute, hour, day of month, month, day of week; with six fields the first is the second; or @hourly, @daily, @weekly, @monthly, @yearly."
            ),
            new(
                "schedule.every",
                KeyKind.Text,
                "`cron`",
                "A period: 90s, 15m, 6h are exact, 1d, 2w, 1mo, 1q, 1y follow the calendar of the zone."
            ),
            new("schedule.zone", KeyKind.Zone, "the policy's", "The zone whose clock it goes by."),
            new(
                "schedule.start",
                KeyKind.Text,
                "none",
                "Nothing runs before it, and periods are counted from it: a local date or time, or an instant with Z."
            ),
            new("schedule.end", KeyKind.Text, "none", "Nothing runs from it on."),
            new(
                "schedule.jitter",
                KeyKind.Duration,
                "0s",
                "The most by which a run is put off, so that many do not begin together; a policy is always put off by the same."
            ),
            new(
                "schedule.except",
                KeyKind.Words,
                "none",
                "Times in which nothing begins, by the zone's clock: 2026-12-24, 2026-12-24T18:00/2026-12-27, 08:00-18:00, mon-fri 08:00-18:00, sat-sun."
            ),
            new(
                "schedule.overlap",
                KeyKind.Choice,
                "skip",
                "What becomes of a run that is due while the one before it is under way: it is left out, or one waits."
            )
            {
                Choices = Names<Overlap>(),
            },
            new("schedule.pause_after", KeyKind.Count, "never", "After how many failures one after the other the schedule is paused."),
            new("schedule.expect_within", KeyKind.Duration, "none", "Where nothing succeeded within this time, the server warns."),
        ];

    // cratedb-toolkit's policies have them at the top; so do people who write from memory.
    private static IEnumerable<PolicyKey> Hops(string path, string meaning) =>
        [
            new(path, KeyKind.ListOfKeys, "none", meaning) { MayBeOne = true },
            new(
                $"{path}[].after",
                KeyKind.Duration,
                "required",
                "How long after its end a partition moves; later than the hop before, and before the rows go."
            ),
            new(
                $"{path}[].to",
                KeyKind.Place,
                "required",
                "Where to: on PostgreSQL a tablespace, `cold`; on CrateDB an attribute of nodes and its value, `{ storage: cold }`, or what becomes of a partition where it lies: a number of copies, `{ replicas: \"0\" }`, or of segments, `{ segments: \"1\" }`."
            ),
        ];

    private static IEnumerable<PolicyKey> Archive(string path, string meaning) =>
        [
            new(path, KeyKind.Keys, "none", meaning) { Short = "to" },
            new(
                $"{path}.to",
                KeyKind.Name,
                "required",
                "The location by the name under which the operator declared it; a policy holds no path."
            ),
            new(
                $"{path}.drill",
                KeyKind.Truth,
                "false",
                "Whether each archive is restored and compared before rows go: for engines that archive by snapshots."
            ),
        ];
}
