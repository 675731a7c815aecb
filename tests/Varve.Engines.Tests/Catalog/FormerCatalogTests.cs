using System.IO.Compression;
using Varve.Diagnosis;
using Varve.DuckDb;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Catalog;

/// <summary>A database that an earlier Varve wrote: rolled up, expired, cut and retired, with a hold and a second revision.</summary>
public sealed class FormerCatalogTests
{
    private const string AsOf = "2025-01-09T06:00:00Z";

    [Fact]
    public async Task A_catalog_of_version_4_is_refused_by_readers_and_taken_over_by_a_run()
    {
        await using var db = await UnpackAsync();
        await using (var database = await db.OpenAsync())
        {
            var refused = await Assert.ThrowsAsync<EngineException>(() => Of(database).StatusAsync(Selection.All));
            Assert.Contains("version 4", refused.Message, StringComparison.Ordinal);
            Assert.Empty((await RunOutcome.OfAsync(Of(database), new() { AsOf = InstantText.Parse(AsOf), Yes = true })).Done);
        }

        await using var again = await db.OpenAsync();
        var status = Assert.Single(await Of(again).StatusAsync(Selection.All));
        Assert.Equal(("m.cpu", 2), (status.Policy.Name, status.Revision));
        Assert.Equal("a lawsuit", Assert.Single(status.Holds).Reason);
        Assert.All(await Of(again).VerifyAsync(Selection.All), report => Assert.Empty(report.Mismatches));
        Assert.Empty((await Of(again).VerifyAuditAsync()).Findings);
        Assert.DoesNotContain(await Of(again).DiagnoseAsync(), f => f.Severity == Severity.Error);
    }

    [Fact]
    public async Task What_it_expired_and_what_it_could_not_fill_stays_known()
    {
        await using var db = await UnpackAsync();
        await using var database = await db.OpenAsync();
        var catalog = new Varve.Catalog.CatalogStore(database.Engine, "varve", null, NodaTime.Duration.FromDays(1));
        await catalog.Schema.EnsureAsync(default);
        var ledger = await database.Engine.TransactAsync(
            (s, token) => catalog.Ledgers.LoadAsync(s, "m.cpu", token),
            Scope.Reading,
            default
        );
        Assert.Equal(TimeRange.Before(InstantText.Parse("2025-01-06T06:00:00Z")), Assert.Single(ledger.Of(RelationId.Source).Frozen));
        Assert.Equal(["v_m2", "v_mean"], ledger.Of(new("1h")).Thin.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["cpu_1h", "cpu_1h_states"], ledger.Of(new("1h")).Tables.Select(t => t.Name.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2, ledger.ConfirmedRevision);
        Assert.Equal(StitchCount, ledger.Edges.Count);
        var edges = await db.QueryAsync("SELECT count(*) FROM varve.edges");
        Assert.Equal((long)StitchCount, edges[0][0]);
    }

    [Fact]
    public async Task Rows_that_come_next_are_rolled_up_as_ever()
    {
        await using var db = await UnpackAsync();
        await using var database = await db.OpenAsync();
        var outcome = await RunOutcome.OfAsync(Of(database), new() { AsOf = InstantText.Parse("2025-01-10T00:00:00Z"), Yes = true });
        Assert.Empty(outcome.Errors);
        Assert.NotEmpty(outcome.Done);
        Assert.All(await Of(database).VerifyAsync(Selection.All), report => Assert.Empty(report.Mismatches));
    }

    private const int StitchCount = 3;

    private static Lifecycle Of(Database database) => new(database);

    private static async Task<DuckDbScratch> UnpackAsync()
    {
        var db = new DuckDbScratch();
        await using var packed = typeof(FormerCatalogTests).Assembly.GetManifestResourceStream("version-4.duckdb.gz")!;
        await using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        await using var file = File.Create(db.File);
        await unpacked.CopyToAsync(file);
        return db;
    }
}
