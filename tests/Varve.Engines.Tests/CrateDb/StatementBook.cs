using System.Globalization;
using System.Text;
using NodaTime;
using Varve.Catalog;
using Varve.CrateDb;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>Every statement shape that is sent to CrateDB, with example arguments. What was not run on a real server is marked.</summary>
internal static class StatementBook
{
    private static readonly CrateDbDialect s_dialect = new();
    private static readonly Column s_usage = new("usage", new ColumnType.Float(), "DOUBLE PRECISION");
    private static readonly TableName s_source = new("varve_t", "cpu");
    private static readonly TableName s_lease = new("varve", "leases");
    private static readonly PartitionColumn s_day = new("day", "timestamp with time zone", "date_trunc('day', ts)");
    private static readonly PartitionColumn s_region = new("region", "text", null);
    private static readonly Instant s_first = Instant.FromUnixTimeMilliseconds(1699920000000);
    private static readonly IReadOnlyList<PartitionValue> s_one = [new(s_day, s_first)];
    private static readonly IReadOnlyList<PartitionValue> s_two = [new(s_day, s_first + Duration.FromDays(1))];
    private static readonly IReadOnlyList<PartitionValue> s_pair = [new(s_day, s_first), new(s_region, "eu")];
    private static readonly IReadOnlyList<PartitionValue> s_null = [new(s_day, null)];
    private static readonly IReadOnlyList<(string Column, SqlText Value)> s_key = [("policy", $"{"cpu"}")];

    private static readonly WindowTable s_windows = new("varve");
    private static readonly TimeRange s_window = new(s_first, s_first + Duration.FromHours(1));

    /// <summary>The layout whose statements are in the book.</summary>
    internal static PolicyLayout Layout { get; } = Lay();

    /// <summary>Name, statement, whether it was run on a real server, and whether it takes no parameters.</summary>
    internal static IReadOnlyList<Shape> All { get; } = [.. Shapes().OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>The file that was approved: each statement as it is sent, its parameters with their types above it.</summary>
    internal static string Text()
    {
        var text = new StringBuilder("-- Every statement that Varve sends to CrateDB, as it is sent, with example arguments.\n");
        text.Append(
            "-- Those marked \"untried\" were not run on a real server. The others were, on CrateDB 6.4.3, in this form or one "
                + "that\n-- differs in names, numbers and the columns that are asked for.\n"
        );
        foreach (var shape in All)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n-- {shape.Name}\n");
            if (!shape.IsTried)
                text.Append("-- untried\n");
            var values = shape.Rendered.Values;
            for (var i = 0; i < values.Count; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"-- ?{i + 1} TEXT {s_dialect.Literal(values[i])}\n");
            }

            text.Append(shape.Rendered.Text.ReplaceLineEndings("\n")).Append(";\n");
        }

        return text.ToString();
    }

    private static IEnumerable<Shape> Shapes() =>
        [.. Looks(), .. Partitions(), .. Places(), .. Snapshots(), .. Rows(), .. Tiers(), .. Expressions()];

    private static IEnumerable<Shape> Looks() =>
        [
            new("catalog columns", CatalogShapes.Columns(s_source), IsTried: false),
            new("catalog table", CatalogShapes.Table(s_source), IsTried: false),
            new("catalog partitions", CatalogShapes.Partitions(s_source), IsTried: false),
            new("catalog shards", CatalogShapes.Shards(s_source), IsTried: false),
            new("catalog missing shards", CatalogShapes.MissingShards(s_source), IsTried: false),
            new("catalog missing shards, several tables", CatalogShapes.MissingShards([s_source, s_lease]), IsTried: false),
            new("catalog states", CatalogShapes.States([s_source, s_lease]), IsTried: false),
            new("catalog tables with their columns", CatalogShapes.TablesWithColumns([s_source, s_lease]), IsTried: false),
            new("catalog partitions with their shards", CatalogShapes.PartitionsWithShards([s_source, s_lease]), IsTried: false),
            new("catalog shards, several tables", CatalogShapes.Shards([s_source, s_lease]), IsTried: false),
            new("books at once", Books(), IsTried: false),
            new("books of a run", BooksOfRun(), IsTried: false),
            new("windows create", s_windows.Make(s_dialect), IsTried: false),
            new("windows of a query", s_windows.Of("sums", s_window), IsTried: false),
            new("windows forget", s_windows.Forget("sums", s_window), IsTried: false),
            new("windows done", s_windows.Done("sums", new(s_window, 1, 1, "run-1", "ann", s_window.To)), IsTried: false),
            new(
                "numbers at once",
                RowsSql.Together([
                    ObserverShapes.Count(s_source),
                    .. RowsSql.EndsEach(s_dialect, Layout.Time, s_source, null),
                    .. RowsSql.Timeless(s_dialect, Layout.Time, s_source).Values,
                ]),
                IsTried: false
            ),
            new("refresh, several tables", CatalogShapes.Refresh([s_source, s_lease]), IsTried: false),
            new("jobs of a run", CatalogShapes.JobsOf("run-1:3")),
            new("jobs kill", CatalogShapes.Kill("0fcb8d5c-1a4f-4a3c-8f3c-2d1e5f6a7b8c")),
            new("toolkit policies", ToolkitShapes.Policies(new("ext", "retention_policy"))),
            new("doctor nodes", DoctorShapes.Nodes(), IsTried: false),
            new("doctor cluster", DoctorShapes.Cluster()),
            new("doctor identity", DoctorShapes.Identity(), IsTried: false),
            new("doctor superuser", DoctorShapes.Superuser()),
            new("doctor rights", DoctorShapes.Rights(s_source, "varve_t.cpu"), IsTried: false),
            new("doctor grants", DoctorShapes.Grants(), IsTried: false),
            new("doctor table settings", DoctorShapes.TableSettings(s_source), IsTried: false),
            new("doctor blocked partitions", DoctorShapes.Blocked(s_source), IsTried: false),
            new("doctor shards of nodes", DoctorShapes.ShardsOfNodes(), IsTried: false),
            new("doctor unhealthy", DoctorShapes.Unhealthy(), IsTried: false),
            new("doctor failed checks", DoctorShapes.FailedChecks(), IsTried: false),
            new("doctor partition counts", DoctorShapes.PartitionCounts(), IsTried: false),
        ];

    private static IEnumerable<Shape> Partitions() =>
        [
            new("partition drop, one column", PartitionShapes.Drop(s_source, [s_one, s_two])),
            new("partition drop, two columns", PartitionShapes.Drop(s_source, [s_pair])),
            new("partition drop, NULL", PartitionShapes.Drop(s_source, [s_null])),
            new("partition seal", PartitionShapes.Seal(s_source, s_one), IsInline: true),
            new("partition unseal", PartitionShapes.Unseal(s_source, s_one), IsTried: false, IsInline: true),
            new("partition refresh", PartitionShapes.Refresh(s_source, s_one)),
            new("partition merge", PartitionShapes.Merge(s_source, s_one, 1), IsInline: true),
            new("partition replicas", PartitionShapes.Replicas(s_source, s_one, 1), IsInline: true),
            new("partition replicas as before", PartitionShapes.Replicas(s_source, s_one, "0-1"), IsTried: false, IsInline: true),
            new("refresh", CatalogShapes.Refresh(s_source)),
        ];

    private static IEnumerable<Shape> Places() =>
        [
            new("place move", PlaceShapes.Move(s_source, s_one, "storage", "warm"), IsInline: true),
            new("place forget", PlaceShapes.Forget(s_source, s_one, "storage"), IsTried: false, IsInline: true),
            new("place move, new partitions", PlaceShapes.MoveNew(s_source, "storage", "hot"), IsInline: true),
            new("place all copies", PlaceShapes.AllCopies(s_source), IsTried: false),
            new("place room", PlaceShapes.Room, IsTried: false),
            new("place copies", PlaceShapes.Copies(s_source, "04732dhp74sj4c1g60o30c1g"), IsTried: false),
            new("place reasons", PlaceShapes.Reasons(s_source, "04732dhp74sj4c1g60o30c1g"), IsTried: false),
        ];

    private static IEnumerable<Shape> Snapshots() =>
        [
            new("snapshot begin", SnapshotShapes.Begin("varve_r", "varve-cpu-1", s_source, [s_one, s_two]), IsInline: true),
            new(
                "snapshot begin, a whole table",
                SnapshotShapes.Begin("varve_r", "varve-verify-1", s_lease, []),
                IsTried: false,
                IsInline: true
            ),
            new("snapshot state", SnapshotShapes.State("varve_r", "varve-cpu-1")),
            new("snapshot drop", SnapshotShapes.Drop("varve_r", "varve-cpu-1"), IsInline: true),
            new("snapshot restore", SnapshotShapes.Restore("varve_r", "varve-cpu-1", s_source, [s_one]), IsInline: true),
            new(
                "snapshot restore beside",
                SnapshotShapes.RestoreBeside("varve_r", "varve-cpu-1", s_source, [s_one], "cpu_drill"),
                IsTried: false,
                IsInline: true
            ),
            new("repository list", SnapshotShapes.Repositories()),
            new(
                "repository create, fs",
                SnapshotShapes.CreateRepository("varve_r", RepositoryType.Fs, [new("location", "/backup/r1"), new("compress", "true")]),
                IsInline: true
            ),
            new(
                "repository create, s3",
                SnapshotShapes.CreateRepository(
                    "varve_r",
                    RepositoryType.S3,
                    [new("bucket", "b"), new("access_key", "AK"), new("secret_key", "SK")]
                ),
                IsTried: false,
                IsInline: true
            ),
        ];

    private static SqlText BooksOfRun()
    {
        var client = SqlClient.Of(DatabaseUrl.Parse("cratedb://crate@localhost/"));
        CatalogStore store = new(new CrateDbEngine(client, null, true, TimeProvider.System), "varve", null, Duration.FromDays(400));
        return store.Policies.Begins(store.Begins(Instant.FromUtc(2026, 3, 1, 0, 0)));
    }

    private static SqlText Books()
    {
        var tables = new CatalogTables("varve");
        return new PolicyTable(tables, s_dialect).WithLedgers($"SELECT value FROM {tables.Meta} WHERE name = {"schema_version"}");
    }

    private static IEnumerable<Shape> Rows() =>
        [
            new("row read", RowShapes.Read(s_lease, ["holder", "token", "expires"], s_key)),
            new(
                "row insert",
                RowShapes.Insert(
                    s_lease,
                    [("policy", $"{"cpu"}"), ("holder", $"{"run-1"}"), ("token", $"{1L}"), ("expires", RowShapes.Later(60_000))]
                ),
                IsTried: false
            ),
            new(
                "row change",
                RowShapes.Change(s_lease, s_key, new(12, 1), [("holder", $"{"run-2"}"), ("token", $"\"token\" + 1")]),
                IsTried: false
            ),
            new("row remove", RowShapes.Remove(s_lease, s_key, new(12, 1))),
            new("lease create", LeaseShapes.Create, IsTried: false, IsInline: true),
            new("lease read", LeaseShapes.Read("cpu"), IsTried: false),
            new("lease insert", LeaseShapes.Insert("cpu", "run-1", 60_000), IsTried: false),
            new("lease take", LeaseShapes.Take("cpu", "run-2", 2, 60_000, new(12, 1)), IsTried: false),
            .. LogBook(),
            new("observer views", ObserverShapes.Views(), IsTried: false),
            new("observer tables", ObserverShapes.Tables(), IsTried: false),
            new("observer bytes", ObserverShapes.Bytes([s_source, s_lease]), IsTried: false),
            new("observer rows", ObserverShapes.Rows([s_source, s_lease]), IsTried: false),
        ];

    /// <summary>What a policy of two tiers makes: these go through the same code as on every engine.</summary>
    private static IEnumerable<Shape> LogBook()
    {
        LogShapes log = new("varve_home");
        LogBase some = new("base-2", 7, "entry-7", 3);
        foreach (var (i, create) in log.Create.Index())
            yield return new($"log create {i + 1}", create, IsTried: false, IsInline: true);
        yield return new("log read", log.Read(7, 2), IsTried: false);
        yield return new("log append", log.Append(new(8, "entry-8", "entry-7", "{}")), IsTried: false);
        yield return new("log base", log.ReadBase, IsTried: false);
        yield return new("log base, first", log.FirstBase(some), IsTried: false);
        yield return new("log base, next", log.NextBase(some, new(12, 1)), IsTried: false);
        yield return new("log part", log.Part("base-2", 1), IsTried: false);
        yield return new("log part, new", log.AddPart("base-2", 1, "{}"), IsTried: false);
        yield return new("log part, of a base that was replaced", log.Remove("base-1"), IsTried: false);
        yield return new("log part, of bases that never were", log.RemoveOlder("base-1", "base-2"), IsTried: false);
        yield return new("log refresh", log.Refresh, IsTried: false);
        yield return new("log trim", log.Trim(7), IsTried: false);
    }

    private static IEnumerable<Shape> Tiers()
    {
        var layout = Layout;
        var sql = new StepSql(layout, s_dialect);
        var (minute, day) = (layout.Tiers[0], layout.Tiers[1]);
        var range = RangeSet.Of(new TimeRange(Instant.FromUtc(2023, 11, 14, 23, 0), Instant.FromUtc(2023, 11, 15, 23, 0)));
        var compare = new CompareSql(layout, minute, s_dialect);
        IEnumerable<string> Columns(TierLayout tier) => StateColumns.All(layout, tier).Select(c => c.Value);
        return
        [
            .. sql.Create(minute).Select(s => new Shape("tier create", s, IsTried: false, IsInline: true)),
            .. Replaced("tier replace from rows", sql.Replace(minute, Columns(minute), RelationId.Source, range, 7)),
            .. Replaced("tier replace from buckets by local days", sql.Replace(day, Columns(day), minute.Id, range, 7)),
            new("tier compare with rows", compare.Buckets(RelationId.Source, range), IsTried: false),
            new("tier compare with buckets", new CompareSql(layout, day, s_dialect).Buckets(minute.Id, range), IsTried: false),
            new("tier compare totals", compare.Totals(range), IsTried: false),
            new("tier recheck", compare.BucketTotals(range), IsTried: false),
            .. s_dialect
                .Widen(minute.States, [.. StateColumns.Typed(layout, minute).Skip(5).Take(1)])
                .Select(s => new Shape("tier widen", s, IsTried: false, IsInline: true)),
        ];
    }

    private static IEnumerable<Shape> Replaced(string name, IEnumerable<(SqlText Statement, bool Writes)> statements) =>
        statements.Select((s, i) => new Shape($"{name}, {(i == 0 ? "rows" : "what vanished")}", s.Statement, IsTried: false));

    private static PolicyLayout Lay()
    {
        var policy = PolicyYaml
            .Parse(
                """
                table: varve_t.cpu
                time: ts
                zone: Europe/Berlin
                keep: 2d
                series: [host, site]
                measures: { usage: [avg, min, max, first, last, stddev], hits: [sum] }
                tiers: [{ every: 1m, keep: 10d }, { every: 1d }]
                """,
                "book.yaml"
            )[0]
            .Policy;
        TableDescription table = new(
            s_source,
            false,
            [
                new("ts", new ColumnType.TimestampTz(), "timestamp with time zone"),
                new("host", new ColumnType.Text(), "text"),
                new("site", new ColumnType.Integer(), "integer"),
                s_usage with
                {
                    TypeName = "double precision",
                },
                new("hits", new ColumnType.Integer(), "bigint"),
            ]
        );
        return LayoutRules.Resolve(policy, table, new(255, 1000, _ => false), TimeRange.Since(Instant.FromUtc(2025, 1, 1, 0, 0)), [])!;
    }

    private static IEnumerable<Shape> Expressions()
    {
        var time = new TimeColumn("ts", new ColumnType.TimestampTz(), TimeUnit.Milliseconds);
        SqlText ts = $"\"ts\"";
        SqlText us = $"1700006400123456";
        var end = s_dialect.TimeValue(time, Instant.MaxValue);
        return
        [
            new("dialect time", Selected($"{s_dialect.MicrosOf(time, ts)} AS us, {s_dialect.TimeOfMicros(time, us)} AS t"), IsTried: false),
            new("dialect time value", $"{Selected($"count(*)")} WHERE {s_dialect.IsFiniteTime(time, ts)} AND {ts} < {end}", IsTried: false),
            new(
                "dialect states",
                $"SELECT {s_dialect.ExactSum($"\"hits\"", 0)} AS s, "
                    + $"{s_dialect.SquaredDeviations(s_dialect.Finite($"\"usage\""))} AS m2, "
                    + $"{s_dialect.ValueAt(s_usage, $"\"usage\"", $"\"ts\"", earliest: true, Ties.Any)} AS f, "
                    + $"{s_dialect.ValueAt(s_usage, $"\"usage\"", $"\"ts\"", earliest: false, Ties.Any)} AS l, count(*) FILTER (WHERE "
                    + $"{s_dialect.IsNaN($"\"usage\"")}) AS nans FROM {s_source}",
                IsTried: false
            ),
            new(
                "dialect local date",
                $"SELECT {s_dialect.LocalDate(time, $"\"ts\"", "Europe/Berlin")} AS d FROM {s_source}",
                IsTried: false
            ),
            new(
                "dialect quotient",
                $"SELECT {s_dialect.Quotient($"(\"ts\"::BIGINT - 1699920000000)", 86_400_000)} AS day FROM {s_source}",
                IsTried: false
            ),
            new("dialect real", Selected(s_dialect.Finite(s_dialect.Measured(s_usage with { TypeName = "real" }))), IsTried: false),
            new("dialect object keys", $"SELECT {new Identifier("payload['temperature']")} AS t FROM {s_source}", IsTried: false),
            new("dialect typed time", $"SELECT {Typed(new ColumnType.TimestampTz(), "2025-03-01T00:00:00Z")} AS t", IsTried: false),
            new("dialect typed number", $"SELECT {Typed(new ColumnType.Integer(), "42")} AS n", IsTried: false),
        ];
    }

    private static SqlText Selected(SqlText what) => $"SELECT {what} FROM {s_source}";

    private static SqlText Typed(ColumnType type, string text) => s_dialect.Typed(new("c", type, ""), text, $"\"c\"");

    /// <summary>A shape.</summary>
    /// <param name="Name">What it is for.</param>
    /// <param name="Statement">With example arguments.</param>
    /// <param name="IsTried">True: it was run on a real server, in this form or one that differs by names and numbers.</param>
    /// <param name="IsInline">True: CrateDB takes no parameters in it.</param>
    internal sealed record Shape(string Name, SqlText Statement, bool IsTried = true, bool IsInline = false)
    {
        internal RenderedSql Rendered => IsInline ? Statement.RenderInline(s_dialect) : Statement.Render(s_dialect);
    }
}
