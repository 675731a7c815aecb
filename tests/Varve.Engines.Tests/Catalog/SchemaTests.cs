using NodaTime;
using Varve.Catalog;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.Catalog;

public sealed class SchemaTests
{
    [Fact]
    public async Task A_reader_finds_no_catalog_and_makes_none()
    {
        await using var catalog = CatalogFile.Empty();
        Assert.False(await catalog.Schema.ExistsAsync(default));
        Assert.Empty(await catalog.AskAsync($"SELECT table_name FROM duckdb_tables()"));
    }

    [Fact]
    public async Task A_writer_makes_it_once()
    {
        await using var catalog = await CatalogFile.NewAsync();
        Assert.True(await catalog.Schema.ExistsAsync(default));
        var before = await catalog.AskAsync($"SELECT table_oid FROM duckdb_tables() ORDER BY table_oid");
        await catalog.Schema.EnsureAsync(default);
        Assert.Equal(
            before.Select(r => r.Long(0)),
            (await catalog.AskAsync($"SELECT table_oid FROM duckdb_tables() ORDER BY table_oid")).Select(r => r.Long(0))
        );
        Assert.Equal(1, (await catalog.AskAsync($"SELECT count(*) FROM {catalog.Tables.Meta} WHERE name = {"schema_version"}"))[0].Long(0));
    }

    [Fact]
    public async Task A_newer_catalog_is_refused_with_both_versions_by_readers_and_writers()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await catalog.SayAsync($"UPDATE {catalog.Tables.Meta} SET value = {"99"} WHERE name = {"schema_version"}");
        foreach (var use in new Func<Task>[] { () => catalog.Schema.ExistsAsync(default), () => catalog.Schema.EnsureAsync(default) })
        {
            var error = await Assert.ThrowsAsync<EngineException>(use);
            Assert.Contains("99", error.Message, StringComparison.Ordinal);
            Assert.Contains($"up to {CatalogSchema.Version}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_older_catalog_is_refused_by_readers_and_brought_up_to_date_by_writers()
    {
        await using var catalog = CatalogFile.Empty();
        await catalog.Schema.EnsureAsync(1, default);
        await catalog.SayAsync(
            $"INSERT INTO {catalog.Tables.Relations} (policy, relation, kind, schema_name, name, created_us) VALUES ({"p"}, {"1h"}, {"states"}, {"m"}, {"cpu_1h_states"}, {0L})"
        );
        var error = await Assert.ThrowsAsync<EngineException>(() => catalog.Schema.ExistsAsync(default));
        Assert.Contains("version 1", error.Message, StringComparison.Ordinal);
        await catalog.Schema.UpgradeAsync(default);
        Assert.True(await catalog.Schema.ExistsAsync(default));
        Assert.Single(await catalog.AskAsync($"SELECT name FROM {catalog.Tables.Relations} WHERE relation = {"1h"}"));
        Assert.True((await catalog.ReadAsync(s => catalog.Ledgers.LoadAsync(s, "p", default))).Of(new("1h")).Created);
        Assert.Empty(await catalog.AskAsync($"SELECT * FROM {catalog.Tables.Archives}"));
    }

    [Theory]
    [InlineData("we\"ird; drop table x --")]
    [InlineData("memory")]
    [InlineData("select")]
    [InlineData("Größe")]
    public async Task Its_schema_may_have_any_name(string schema)
    {
        await using var catalog = await CatalogFile.NewAsync(schema);
        await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document("p"), null, NodaConstants.UnixEpoch, "me", default));
        Assert.Single(await catalog.ReadAsync(s => catalog.Shelf.ListAsync(s, default)));
    }

    [Fact]
    public async Task Two_catalogs_do_not_see_each_other()
    {
        await using var catalog = await CatalogFile.NewAsync("one");
        var other = new CatalogTables("two");
        Assert.False(await new CatalogSchema(other, catalog.Database.Engine).ExistsAsync(default));
        await new CatalogSchema(other, catalog.Database.Engine).EnsureAsync(default);
        await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document("p"), null, NodaConstants.UnixEpoch, "me", default));
        Assert.Empty(await catalog.ReadAsync(s => new PolicyTable(other, catalog.Database.Engine.Dialect).ListAsync(s, default)));
    }

    [Fact]
    [Rule("catalog-readable")]
    public async Task Its_views_show_timestamps_and_infinities()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var at = Instant.FromUtc(2025, 3, 30, 1, 30);
        var ledger = Planning
            .Ledger.Empty("")
            .With(new("1h"), new() { Covered = RangeSet.Of(TimeRange.Before(at), TimeRange.Since(at + Duration.FromDays(1))) });
        await catalog.WriteAsync(async s =>
            await catalog.Ledgers.ShowAsync(s, "p", await catalog.Ledgers.SaveAsync(s, "p", ledger, default), default)
        );
        var rows = await catalog.AskAsync(
            $"SELECT covered_from, covered_to FROM {new Policies.TableName("varve", "v_coverage")} ORDER BY 1"
        );
        Assert.Equal([Instant.MinValue, at, at + Duration.FromDays(1), Instant.MaxValue], rows.SelectMany(r => new[] { r[0], r[1] }));
        foreach (var view in new[] { "v_runs", "v_steps", "v_audit", "v_archives" })
            Assert.Empty(await catalog.AskAsync($"SELECT * FROM {new Policies.TableName("varve", view)}"));
    }
}
