using System.Collections.Frozen;
using CsCheck;
using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Catalog;

public sealed class LedgerTests
{
    private static readonly Instant s_now = Instant.FromUtc(2025, 1, 1, 0, 0);

    private static readonly Gen<Instant> s_instants = Gen.Frequency(
        (8, Gen.Long[-3_000, 3_000].Select(hours => s_now + Duration.FromHours((int)hours))),
        (1, Gen.Const(Instant.MinValue)),
        (1, Gen.Const(Instant.MaxValue)),
        (1, Gen.Const(s_now - Duration.FromMilliseconds(0.001)))
    );

    private static readonly Gen<TimeRange> s_ranges = Gen.Select(
        s_instants,
        s_instants,
        (a, b) => new TimeRange(Instant.Min(a, b), Instant.Max(a, b))
    );

    private static readonly Gen<RangeSet> s_sets = s_ranges.List[0, 6].Select(ranges => RangeSet.Of(ranges));

    private static readonly Gen<RelationLedger> s_ledgers = Gen.Select(
        Gen.Select(s_sets, s_sets, s_sets, s_sets),
        Gen.Select(s_sets, s_sets, Gen.Select(s_sets, Gen.Long[0, 9], Gen.Bool)),
        (a, b) =>
            new RelationLedger
            {
                Covered = a.Item1,
                Dirty = a.Item2,
                Lost = a.Item3,
                Frozen = a.Item4,
                Accepted = b.Item1,
                Halted = b.Item2,
                Cut = [.. b.Item3.Item1.Select(r => new CutBucket(r, b.Item3.Item2, b.Item3.Item3))],
            }
    );

    [Fact]
    public async Task A_ledger_comes_back_as_it_was_saved()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var stored = await StoreAsync(catalog, "p");
        await s_ledgers.SampleAsync(
            async ledger =>
            {
                var before = await LoadAsync(catalog, stored);
                await catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, "p", before.With(new("1h"), ledger), default));
                var after = await LoadAsync(catalog, stored);
                Assert.Equal(before.Version + 1, after.Version);
                Same(ledger, after.Of(new("1h")));
            },
            iter: 60,
            threads: 1
        );
    }

    [Fact]
    public async Task Ledgers_of_other_policies_and_relations_stay_as_they_are()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var one = await StoreAsync(catalog, "p");
        var two = await StoreAsync(catalog, "p:arrival");
        var ledger = new RelationLedger
        {
            Covered = RangeSet.Of(TimeRange.Before(s_now)),
            Cut = [new(new(s_now, s_now + Duration.FromHours(1)), 3, true)],
        };
        foreach (
            var (policy, relation, sets) in new[]
            {
                (one, "1h", ledger),
                (one, "1d", ledger),
                (two, "1h", ledger),
                (one, "1h", RelationLedger.Untouched),
            }
        )
        {
            var before = await LoadAsync(catalog, policy);
            await catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, policy.Policy.Name, before.With(new(relation), sets), default));
        }

        Same(RelationLedger.Untouched, (await LoadAsync(catalog, one)).Of(new("1h")));
        Same(ledger, (await LoadAsync(catalog, one)).Of(new("1d")));
        Same(ledger, (await LoadAsync(catalog, two)).Of(new("1h")));
    }

    [Fact]
    public async Task A_transaction_that_fails_leaves_the_ledger_as_it_was()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var stored = await StoreAsync(catalog, "p");
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            catalog.WriteAsync(async s =>
            {
                await catalog.Ledgers.SaveAsync(
                    s,
                    "p",
                    Ledger.Empty("").With(new("1h"), new() { Covered = RangeSet.Of(TimeRange.All) }),
                    default
                );
                throw new InvalidOperationException();
            })
        );
        Assert.Empty((await LoadAsync(catalog, stored)).Relations);
    }

    [Fact]
    public async Task Facts_are_kept_by_policy_whatever_its_name()
    {
        await using var catalog = await CatalogFile.NewAsync();
        string[] names = ["p", "p:", "p:1:p", "arrival_seen", "1:p", "it's"];
        for (var i = 0; i < names.Length; i++)
        {
            var (name, number) = (names[i], i + 1);
            await StoreAsync(catalog, name);
            await catalog.WriteAsync(s =>
                catalog.Ledgers.SaveAsync(
                    s,
                    name,
                    Ledger.Empty("") with
                    {
                        ArrivalSeen = number,
                        ConfirmedRevision = 1,
                        PublishedRevision = number,
                        ZoneVersion = $"2025{number}",
                    },
                    default
                )
            );
        }

        for (var i = 0; i < names.Length; i++)
        {
            var name = names[i];
            var stored = (await catalog.ReadAsync(s => catalog.Shelf.ListAsync(s, default))).Single(p => p.Policy.Name == name);
            var ledger = await LoadAsync(catalog, stored);
            Assert.Equal((i + 1, i + 1, $"2025{i + 1}"), ((int)ledger.ArrivalSeen!.Value, ledger.PublishedRevision, ledger.ZoneVersion));
            Assert.Equal((1, 1, name), (ledger.Revision, ledger.ConfirmedRevision, ledger.ConfirmedPolicy!.Name));
        }
    }

    [Fact]
    public async Task A_policy_that_nothing_is_known_of_has_an_empty_ledger()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var ledger = await LoadAsync(catalog, await StoreAsync(catalog, "p"));
        Assert.Equal(
            (0, 0, null, null, null),
            (ledger.ConfirmedRevision, ledger.PublishedRevision, ledger.ConfirmedPolicy, ledger.ArrivalSeen, ledger.ZoneVersion)
        );
        Assert.Empty(ledger.Relations);
        Assert.Empty(ledger.Holds);
    }

    [Fact]
    public async Task A_hold_is_in_force_until_it_ends_or_is_released()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var stored = await StoreAsync(catalog, "p");
        Hold always = new("0001-a", null, TimeRange.All, "a lawsuit", "ann", null);
        Hold ends = new("0002-b", new("1h"), new(s_now, s_now + Duration.FromDays(1)), "it's \"odd\"", "bob", s_now);
        await catalog.WriteAsync(async s =>
        {
            await catalog.Holds.AddAsync(s, "p", always, s_now, default);
            await catalog.Holds.AddAsync(s, "p", ends, s_now + Duration.FromSeconds(1), default);
            await catalog.Holds.AddAsync(s, "q", always with { Id = "0003-c" }, s_now, default);
        });
        Assert.Equal([always, ends], (await LoadAsync(catalog, stored, s_now - Duration.FromMilliseconds(1))).Holds);
        Assert.Equal([always], (await LoadAsync(catalog, stored, s_now)).Holds);
        Assert.Equal(1, await catalog.WriteAsync(s => catalog.Holds.ReleaseAsync(s, "p", "0001", default)));
        Assert.Equal(0, await catalog.WriteAsync(s => catalog.Holds.ReleaseAsync(s, "p", "none", default)));
        Assert.Equal(1, await catalog.WriteAsync(s => catalog.Holds.ReleaseAsync(s, "p", null, default)));
        Assert.Single(await catalog.ReadAsync(s => catalog.Holds.ListAsync(s, "q", default)));
    }

    [Fact]
    public async Task Holds_of_many_policies_are_asked_for_once_and_those_of_other_names_once_more()
    {
        await using var catalog = await CatalogFile.NewAsync();
        List<string> names = [.. Enumerable.Range(0, 40).Select(n => $"p{n}")];
        var hold = new Hold("0001-a", null, TimeRange.All, "a lawsuit", "ann", null);
        await catalog.WriteAsync(async s =>
        {
            foreach (var name in names)
                await catalog.Shelf.StoreAsync(s, CatalogFile.Document(name), name == "p7" ? ("all", 1) : null, s_now, "ann", default);
            await catalog.Holds.AddAsync(s, "p3", hold, s_now, default);
            await catalog.Holds.AddAsync(s, "all", hold with { Id = "0002-b" }, s_now + Duration.FromSeconds(1), default);
            await catalog.Holds.AddAsync(s, "gone", hold with { Id = "0003-c" }, s_now + Duration.FromSeconds(2), default);
        });
        var counted = new Scratch.LongestStatement(catalog.Database.Engine);
        var held = await counted.TransactAsync((s, token) => catalog.Holds.ListAsync(s, names, token), Scope.Reading, default);
        Assert.Equal(2, counted.Count);
        Assert.Equal(["p3 0001-a", "p7 0002-b"], held.SelectMany(h => h.Value.Select(one => $"{h.Key} {one.Id}")).Order());
    }

    [Fact]
    public async Task A_name_is_registered_once_and_forgotten_by_itself()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await catalog.WriteAsync(async s =>
        {
            await catalog.Ledgers.RegisterAsync(s, "p", new("1h"), "states", new("m", "cpu_1h_states"), s_now, default);
            await catalog.Ledgers.RegisterAsync(s, "p", new("1h"), "states", new("m", "cpu_1h_states"), s_now, default);
            await catalog.Ledgers.RegisterAsync(s, "p", new("1d"), "view", new("m", "cpu_1d"), s_now, default);
            await catalog.Ledgers.RegisterAsync(s, "p", new("1d"), "view", new(null, "cpu_1d"), s_now, default);
        });
        Assert.Equal(3, (await catalog.ReadAsync(s => catalog.Ledgers.RelationsAsync(s, default))).Count);
        await catalog.WriteAsync(s => catalog.Ledgers.UnregisterAsync(s, "p", [new("view", new(null, "cpu_1d"))], default));
        Assert.Equal(
            ["cpu_1d", "cpu_1h_states"],
            (await catalog.ReadAsync(s => catalog.Ledgers.RelationsAsync(s, default)))
                .Select(r => r.Table.Name)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Who_writes_a_ledger_that_is_no_longer_the_one_that_was_read_is_told_so()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var stored = await StoreAsync(catalog, "p");
        var read = await LoadAsync(catalog, stored);
        await catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, "p", read with { ZoneVersion = "a" }, default));
        var first = await Assert.ThrowsAsync<EngineException>(() =>
            catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, "p", read with { ZoneVersion = "b" }, default))
        );
        var again = await LoadAsync(catalog, stored);
        await catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, "p", again with { ZoneVersion = "c" }, default));
        var second = await Assert.ThrowsAsync<EngineException>(() =>
            catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, "p", again with { ZoneVersion = "d" }, default))
        );
        Assert.True(second.IsTransient);
        Assert.NotEqual("VRV000", first.Code);
        Assert.Equal("c", (await LoadAsync(catalog, stored)).ZoneVersion);
    }

    [Fact]
    public async Task A_ledger_of_everything_comes_back_as_the_same_text()
    {
        var range = new TimeRange(s_now, Instant.MaxValue);
        var ledger = Ledger.Empty("") with
        {
            ConfirmedRevision = 2,
            PublishedRevision = 3,
            ZoneVersion = "it's \"2025b\"",
            ArrivalSeen = long.MaxValue,
            Types = new Dictionary<string, string> { ["v"] = "DECIMAL(18,3)", ["größe"] = "VARCHAR" }.ToFrozenDictionary(),
            Edges = [new(new("1h"), TimeRange.Before(s_now)), new(RelationId.Source, TimeRange.Since(s_now))],
            Going = [new(RelationId.Source, range, s_now, 12, "why"), new(new("1h"), range, null, 0, "")],
            Last = new("run", 3, 1, 2, 3, "note"),
            Pending = new("rows.expired", "{\"a\":1}"),
            Relations = new Dictionary<RelationId, RelationLedger>
            {
                [new("1h#3")] = new()
                {
                    Created = true,
                    Tables = [new("states", new(null, "t")), new("view", new("m", "v"))],
                    Columns = ["ts", "v_sum"],
                    Covered = RangeSet.Of(TimeRange.All),
                    Writing = RangeSet.Of(range),
                    Thin = new Dictionary<string, RangeSet> { ["v_sum"] = RangeSet.Of(range) }.ToFrozenDictionary(),
                    Moved = new Dictionary<string, RangeSet>
                    {
                        ["storage=cold"] = RangeSet.Of(range),
                        ["none"] = RangeSet.Empty,
                    }.ToFrozenDictionary(),
                    Cut = [new(range, 3, true) { Input = RelationId.Source }, new(range, 0, false)],
                },
            }.ToFrozenDictionary(),
        };
        var text = LedgerJson.Write(ledger);
        var read = LedgerJson.Read(text);
        Assert.Equal(text, LedgerJson.Write(read));
        Assert.Equal((ledger.Last, ledger.Pending, ledger.ZoneVersion), (read.Last, read.Pending, read.ZoneVersion));
        Assert.Equal(ledger.Going, read.Going);
        Assert.Equal(ledger.Edges, read.Edges);
        Assert.Equal(range, Assert.Single(Assert.Single(read.Of(new("1h#3")).Moved).Value));
        Assert.Equal(ledger.Of(new("1h#3")).Tables, read.Of(new("1h#3")).Tables);
        Assert.Equal(ledger.Of(new("1h#3")).Cut, read.Of(new("1h#3")).Cut);
    }

    [Fact]
    public async Task Edges_are_replaced_also_by_none()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await catalog.WriteAsync(s =>
            catalog.Ledgers.SaveEdgesAsync(
                s,
                "p",
                [new(new("1d"), TimeRange.Before(s_now)), new(RelationId.Source, TimeRange.Since(s_now))],
                default
            )
        );
        Assert.Equal(
            [long.MinValue, Micros.From(s_now)],
            (await catalog.AskAsync($"SELECT at_us FROM {catalog.Tables.Edges} ORDER BY at_us")).Select(r => r.Long(0))
        );
        await catalog.WriteAsync(s => catalog.Ledgers.SaveEdgesAsync(s, "p", [], default));
        Assert.Empty(await catalog.AskAsync($"SELECT * FROM {catalog.Tables.Edges}"));
    }

    [Fact]
    public async Task A_ledger_of_many_ranges_is_saved_and_read_quickly()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var stored = await StoreAsync(catalog, "p");
        var many = new RelationLedger
        {
            Covered = RangeSet.Of(
                Enumerable
                    .Range(0, 5_000)
                    .Select(i => new TimeRange(s_now + Duration.FromHours(2 * i), s_now + Duration.FromHours((2 * i) + 1)))
            ),
        };
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var saved = await catalog.WriteAsync(s => catalog.Ledgers.SaveAsync(s, "p", Ledger.Empty("").With(new("1h"), many), default));
        await catalog.WriteAsync(s => catalog.Ledgers.ShowAsync(s, "p", saved, default));
        Same(many, (await LoadAsync(catalog, stored)).Of(new("1h")));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static async Task<StoredPolicy> StoreAsync(CatalogFile catalog, string name)
    {
        await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document(name), null, s_now, "me", default));
        return (await catalog.ReadAsync(s => catalog.Shelf.ListAsync(s, default))).Single(p => p.Policy.Name == name);
    }

    private static Task<Ledger> LoadAsync(CatalogFile catalog, StoredPolicy policy, Instant? at = null) =>
        catalog.ReadAsync(s => catalog.Ledgers.LoadAsync(s, policy, at ?? s_now, default));

    private static void Same(RelationLedger expected, RelationLedger actual)
    {
        Assert.Equal(expected.Covered, actual.Covered);
        Assert.Equal(expected.Dirty, actual.Dirty);
        Assert.Equal(expected.Lost, actual.Lost);
        Assert.Equal(expected.Frozen, actual.Frozen);
        Assert.Equal(expected.Accepted, actual.Accepted);
        Assert.Equal(expected.Halted, actual.Halted);
        Assert.Equal(expected.Cut, actual.Cut);
    }
}
