using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Sql;

namespace Varve.Engines.Tests.Catalog;

public sealed class AuditTests
{
    private static readonly Instant s_now = Instant.FromUtc(2025, 1, 1, 0, 0);
    private static readonly AuditActor s_actor = new("db", "ann", "host-1");

    public static TheoryData<string> Columns =>
        ["at_us", "actor", "system_user", "host", "action", "policy", "detail", "previous_hash", "hash", "seq"];

    [Fact]
    public async Task An_empty_log_holds_and_so_does_a_long_one()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var empty = await VerifyAsync(catalog, null);
        Assert.Equal((0L, AuditLog.Genesis), (empty.Entries, empty.Head));
        Assert.Empty(empty.Findings);
        var heads = await FillAsync(catalog, 5);
        var verdict = await VerifyAsync(catalog, heads[2]);
        Assert.Equal((5L, heads[^1]), (verdict.Entries, verdict.Head));
        Assert.Empty(verdict.Findings);
        Assert.Equal(heads[^1], await catalog.ReadAsync(s => catalog.Audit.HeadAsync(s, default)));
        var entries = await catalog.ReadAsync(s => catalog.Audit.ListAsync(s, 2, default));
        Assert.Equal([5L, 4L], entries.Select(e => e.Seq));
        Assert.Equal(heads[3], entries[0].PreviousHash);
        Assert.Equal(4, (int)entries[0].Detail["number"]!);
        Assert.Equal(("db", "ann", "host-1", s_now), (entries[0].Actor, entries[0].SystemUser, entries[0].Host, entries[0].At));
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task An_entry_that_was_altered_in_any_column_is_found(string column)
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 5);
        SqlText altered = $"{new Identifier(column)} || {"x"}";
        if (column is "at_us" or "seq")
            altered = $"{new Identifier(column)} + 100";
        await catalog.SayAsync($"UPDATE {catalog.Tables.Audit} SET {new Identifier(column)} = {altered} WHERE seq = 3");
        Assert.NotEmpty((await VerifyAsync(catalog, null)).Findings);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    public async Task An_instant_that_no_entry_can_have_is_an_entry_that_was_altered(long at)
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 3);
        await catalog.SayAsync($"UPDATE {catalog.Tables.Audit} SET at_us = {at} WHERE seq = 2");
        Assert.StartsWith("entry 2 was altered", Assert.Single((await VerifyAsync(catalog, null)).Findings), StringComparison.Ordinal);
        Assert.Equal(3, (await catalog.ReadAsync(s => catalog.Audit.ListAsync(s, 9, default))).Count);
    }

    [Fact]
    public async Task A_detail_that_says_a_thing_twice_is_found_and_shown()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 2);
        await catalog.SayAsync($"UPDATE {catalog.Tables.Audit} SET detail = {"{\"a\":1,\"a\":2}"} WHERE seq = 1");
        Assert.Single((await VerifyAsync(catalog, null)).Findings);
        Assert.Single((await catalog.ReadAsync(s => catalog.Audit.ListAsync(s, 9, default)))[1].Detail);
    }

    [Fact]
    public async Task A_log_that_is_empty_beside_a_policy_or_a_run_was_emptied()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document("p"), null, s_now, "ann", default));
        Assert.Contains("empty", Assert.Single((await VerifyAsync(catalog, null)).Findings), StringComparison.Ordinal);
        await FillAsync(catalog, 1);
        Assert.Empty((await VerifyAsync(catalog, null)).Findings);
        await catalog.SayAsync($"DELETE FROM {catalog.Tables.Policies}");
        await catalog.SayAsync($"DELETE FROM {catalog.Tables.Audit}");
        Assert.Empty((await VerifyAsync(catalog, null)).Findings);
        await catalog.SayAsync(
            $"INSERT INTO {catalog.Tables.Runs} (run, policy, revision, as_of_us, started_us, status, steps, steps_done, rows_read, rows_written, rows_removed) VALUES ('1', 'p', 1, 0, 0, 'done', 0, 0, 0, 0, 0)"
        );
        Assert.Single((await VerifyAsync(catalog, null)).Findings);
    }

    [Fact]
    public async Task A_head_may_be_shortened_to_eight_digits_and_no_further()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var head = (await FillAsync(catalog, 3))[1];
        foreach (var shorter in new[] { head[..8], head[..63], head[..12].ToUpperInvariant(), AuditLog.Genesis[..8] })
        {
            Assert.Empty((await VerifyAsync(catalog, shorter)).Findings);
            Assert.True(await catalog.ReadAsync(s => catalog.Audit.HasAsync(s, shorter, default)));
        }

        Assert.Single((await VerifyAsync(catalog, "0123abcd")).Findings);
        Assert.False(await catalog.ReadAsync(s => catalog.Audit.HasAsync(s, "0123abcd", default)));
        foreach (var none in new[] { "", head[..7], head + "0", "no hash at all", "%%%%%%%%" })
        {
            Assert.Equal("VRV332", (await Assert.ThrowsAsync<PolicyException>(() => VerifyAsync(catalog, none))).Code);
            Assert.Equal(
                "VRV332",
                (await Assert.ThrowsAsync<PolicyException>(() => catalog.ReadAsync(s => catalog.Audit.HasAsync(s, none, default)))).Code
            );
        }
    }

    [Fact]
    public async Task A_fact_that_moved_from_one_column_to_the_next_is_found()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 3);
        await catalog.SayAsync($"UPDATE {catalog.Tables.Audit} SET actor = actor || system_user, system_user = {""} WHERE seq = 2");
        Assert.Contains("2", Assert.Single((await VerifyAsync(catalog, null)).Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_of_no_name_is_told_from_none()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 3);
        await catalog.SayAsync($"UPDATE {catalog.Tables.Audit} SET policy = {(string?)null} WHERE seq = 2");
        Assert.Single((await VerifyAsync(catalog, null)).Findings);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_entry_that_was_removed_inside_is_found(int seq)
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 5);
        await catalog.SayAsync($"DELETE FROM {catalog.Tables.Audit} WHERE seq = {(long)seq}");
        Assert.Contains((await VerifyAsync(catalog, null)).Findings, f => f.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_entry_that_was_inserted_is_found()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 5);
        await catalog.SayAsync($"INSERT INTO {catalog.Tables.Audit} SELECT * FROM {catalog.Tables.Audit} WHERE seq = 3");
        Assert.Contains((await VerifyAsync(catalog, null)).Findings, f => f.Contains("twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_detail_that_is_no_longer_json_is_found_and_shown()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 2);
        await catalog.SayAsync($"UPDATE {catalog.Tables.Audit} SET detail = {"{broken"} WHERE seq = 1");
        Assert.Single((await VerifyAsync(catalog, null)).Findings);
        Assert.Equal("{broken", (string)(await catalog.ReadAsync(s => catalog.Audit.ListAsync(s, 9, default)))[1].Detail["text"]!);
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_shows_against_a_head_that_was_noted()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var heads = await FillAsync(catalog, 5);
        await catalog.SayAsync($"DELETE FROM {catalog.Tables.Audit} WHERE seq > 3");
        Assert.Empty((await VerifyAsync(catalog, null)).Findings);
        Assert.Single((await VerifyAsync(catalog, heads[^1])).Findings);
        Assert.Empty((await VerifyAsync(catalog, heads[2])).Findings);
        await catalog.SayAsync($"DELETE FROM {catalog.Tables.Audit}");
        Assert.Single((await VerifyAsync(catalog, heads[0])).Findings);
    }

    [Fact]
    public async Task A_log_that_was_written_anew_shows_only_with_a_key_or_a_head()
    {
        await using var catalog = await CatalogFile.NewAsync(auditKey: "k1");
        var heads = await FillAsync(catalog, 3);
        Assert.Empty((await VerifyAsync(catalog, heads[^1])).Findings);
        foreach (var key in new[] { null, "k2", "" })
            Assert.Equal(3, (await catalog.ReadAsync(s => new AuditLog(catalog.Tables, key).VerifyAsync(s, null, default))).Findings.Count);
        await catalog.SayAsync($"DELETE FROM {catalog.Tables.Audit}");
        await FillAsync(catalog, 3, new AuditLog(catalog.Tables, null));
        Assert.NotEmpty((await VerifyAsync(catalog, null)).Findings);
    }

    [Fact]
    public async Task An_entry_goes_with_the_transaction_that_it_tells_of()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await FillAsync(catalog, 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            catalog.WriteAsync(async s =>
            {
                await catalog.Audit.AppendAsync(s, s_actor, s_now, "x", null, [], default);
                throw new InvalidOperationException();
            })
        );
        await FillAsync(catalog, 1);
        var verdict = await VerifyAsync(catalog, null);
        Assert.Equal(2, verdict.Entries);
        Assert.Empty(verdict.Findings);
    }

    [Fact]
    public async Task Texts_of_any_kind_keep_the_chain_whole()
    {
        await using var catalog = await CatalogFile.NewAsync();
        foreach (var text in new[] { "", "a:b\nc", "🐘 Größe", "it's", "a\0b" })
            await catalog.WriteAsync(s =>
                catalog.Audit.AppendAsync(s, new(text, text, text), s_now, text, text, new() { ["text"] = text }, default)
            );
        Assert.Empty((await VerifyAsync(catalog, null)).Findings);
    }

    private static Task<AuditVerdict> VerifyAsync(CatalogFile catalog, string? head) =>
        catalog.ReadAsync(s => catalog.Audit.VerifyAsync(s, head, default));

    private static async Task<IReadOnlyList<string>> FillAsync(CatalogFile catalog, int count, AuditLog? log = null)
    {
        List<string> heads = [];
        for (var i = 0; i < count; i++)
        {
            var number = i;
            heads.Add(
                await catalog.WriteAsync(s =>
                    (log ?? catalog.Audit).AppendAsync(
                        s,
                        s_actor,
                        s_now,
                        "rows.expired",
                        "",
                        new JsonObject { ["number"] = number },
                        default
                    )
                )
            );
        }

        return heads;
    }
}
