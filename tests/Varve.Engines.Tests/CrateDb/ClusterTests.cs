using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Varve.CrateDb.Diagnosis;
using Varve.CrateDb.Partitions;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

public sealed class ClusterTests : CrateDbSuite
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 6, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_cluster_is_read_as_it_was_recorded()
    {
        Cluster.Answers = Healthy;
        var facts = await ReadAsync();
        Assert.Equal(("crate", "doc", true, "vv", 1000L), (facts.User, facts.Schema, facts.IsSuperuser, facts.Name, facts.MostShards));
        Assert.Equal(new("85%", "90%", "95%"), facts.Watermarks);
        var node = Assert.Single(facts.Nodes!);
        Assert.Equal(
            ("n1", "6.4.3", "hot", 84721500160L, 14L),
            (node.Name, node.Version, node.Attributes["storage"], node.DiskFree, node.Shards)
        );
        Assert.Equal([new("varve_r", "fs")], facts.Repositories);
        Assert.Equal(Duration.FromSeconds(2), facts.ClockOffset);
        Assert.Empty(facts.Unhealthy);
        Assert.Contains("6.4.4", Assert.Single(ClusterFindings.Of(facts, inTheClear: false)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_going_away_has_a_name_only_and_the_others_are_looked_at()
    {
        Cluster.Answers = call =>
            call.Says("sys.nodes")
                ? Reply.Rows(s_nodes, ["n1", "6.4.4", new { storage = "hot" }, 1000L, 900L, 4L], ["n2", null, null, null, null, null])
                : Healthy(call);
        var facts = await ReadAsync();
        Assert.Equal([("n1", "6.4.4"), ("n2", "")], facts.Nodes!.Select(n => (n.Name, n.Version)));
        Assert.Empty(ClusterFindings.Of(facts, inTheClear: false));
    }

    [Fact]
    public async Task What_may_not_be_seen_is_unknown_and_not_well()
    {
        Cluster.Answers = call =>
            call.Says("current_schema") ? Healthy(call) : Reply.Error(404, 4045, "SchemaUnknownException[Schema 'sys' unknown]");
        var facts = await ReadAsync();
        Assert.Null(facts.Nodes);
        Assert.Null(facts.IsSuperuser);
        Assert.Null(facts.Repositories);
        var bad = Assert.Single(ClusterFindings.Of(facts, inTheClear: false), f => f.IsBad);
        Assert.Contains("GRANT DQL ON SCHEMA sys", bad.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_trouble_is_told_with_what_to_do()
    {
        Cluster.Answers = call =>
            call.Says("sys.nodes")
                ? Reply.Rows(
                    s_nodes,
                    ["n1", "6.3.1", new { storage = "hot" }, 1000L, 30L, 4L],
                    ["n2", "6.4.4", new { storage = "warm" }, 1000L, 120L, 4L]
                )
            : call.Says("node['name'] IS NOT NULL") ? Reply.Rows([("n", 4), ("c", 10)], ["n1", 1000], ["n2", 950])
            : call.Says("sys.health")
                ? Reply.Rows(
                    [("s", 4), ("t", 4), ("p", 4), ("h", 4), ("m", 10), ("u", 10)],
                    ["varve_t", "m", "04732dhp74sj4c1g60o30c1g", "RED", 2, 0],
                    ["varve_t", "s", null, "YELLOW", 0, 4]
                )
            : call.Says("sys.checks") ? Reply.Rows([("s", 9), ("d", 4)], [2, "The number of partitions is high"])
            : call.Says("current_schema")
                ? Reply.Rows([("u", 4), ("s", 4), ("n", 11)], ["ann", "doc", s_now.ToUnixTimeMilliseconds() - 120_000])
            : Healthy(call);
        var findings = ClusterFindings.Of(await ReadAsync(), inTheClear: true);
        string[] expected =
        [
            "different versions: 6.3.1, 6.4.4",
            "CrateDB 6.3.1 loses data",
            "120 s apart",
            "n1 has 1000 of at most 1000 shards",
            "n2 has 950 of at most 1000 shards",
            "node n1 is 97 % full; from 95%",
            "node n2 is 88 % full; from 85%",
            "m, partition 04732dhp74sj4c1g60o30c1g lost 2 primary shards",
            "varve_t.s has 4 shards without",
            "The number of partitions is high",
            "in the clear",
        ];
        Assert.Equal(expected.Length, findings.Count);
        Assert.All(expected.Zip(findings), pair => Assert.Contains(pair.First, pair.Second.Text, StringComparison.Ordinal));
        Assert.Equal([false, true, true, true, false, true, false, true, false, false, false], findings.Select(f => f.IsBad));
    }

    [Fact]
    public void What_policies_ask_for_and_the_cluster_has_not_is_told()
    {
        var policy = PolicyYaml
            .Parse(
                """
                table: m.cpu
                time: ts
                archive: { to: cold }
                source: { keep: 2y, relocate: [{ after: 30d, to: { storage: warm } }, { after: 180d, to: { storage: ice } }, { after: 7d, to: { replicas: "0" } }] }
                measures: { v: [sum] }
                tiers: [{ every: 1h }, { every: 1d }]
                """,
                "policy.yaml"
            )[0]
            .Policy;
        NodeFacts Node(string storage, long shards) =>
            new(storage, "6.4.4", new Dictionary<string, string> { ["storage"] = storage }, null, null, null, shards);
        var facts = new ClusterFacts
        {
            User = "crate",
            Schema = "doc",
            ClockOffset = Duration.Zero,
            Nodes = [Node("hot", 400), Node("warm", 400)],
            MostShards = 1000,
            Repositories = [new("other", "fs")],
        };
        Assert.Equal(["relocate.place", "archive.repository"], PolicyNeeds.Of(policy, facts).Select(f => f.Check));
        Assert.Contains("storage: ice", PolicyNeeds.Of(policy, facts).First().Found, StringComparison.Ordinal);
        var closed = facts with { Repositories = [new("cold", "fs") { IsReadOnly = true }] };
        Assert.Contains("read only", PolicyNeeds.Of(policy, closed).Last().Found, StringComparison.Ordinal);
        var has = facts with { Repositories = [new("cold", "fs")], Nodes = [Node("warm", 0), Node("ice", 0)] };
        Assert.Empty(PolicyNeeds.Of(policy, has));

        var first = Instant.FromDateTimeOffset(s_now);

        // 365 days of 3 shards with a copy each, and 13 partitions of tiers with one.
        PiecedTable Days(int count) =>
            new(
                [],
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(d => new Piece
                        {
                            Ident = "",
                            Values = [],
                            Range = new(first + Duration.FromDays(d), first + Duration.FromDays(d + 1)),
                            Shards = 3,
                            Replicas = "0-1",
                        }),
                ]
            );
        Assert.Contains(
            "2216 shards more. With the 800",
            PolicyNeeds.Forecast(facts, [(policy, Days(10))])!.Found,
            StringComparison.Ordinal
        );
        Assert.Null(PolicyNeeds.Forecast(facts, [(policy, Days(800))]));
        Assert.Null(PolicyNeeds.Forecast(facts with { Nodes = null }, [(policy, Days(10))]));
    }

    [Fact]
    public void Rights_to_move_partitions_and_to_make_snapshots_are_looked_for_grant_by_grant()
    {
        var policy = PolicyYaml
            .Parse(
                """
                table: m.cpu
                time: ts
                archive: { to: cold }
                source: { keep: 2y, relocate: { after: 30d, to: { storage: warm } } }
                measures: { v: [sum] }
                tiers: [{ every: 1h }]
                """,
                "policy.yaml"
            )[0]
            .Policy;
        IEnumerable<string> Missing(params Grant[] grants) =>
            GrantFindings
                .Of(
                    policy,
                    new("m", "cpu"),
                    new()
                    {
                        User = "varve",
                        Schema = "doc",
                        ClockOffset = Duration.Zero,
                        IsSuperuser = false,
                        Grants = grants,
                    }
                )
                .Select(f => f.WayOut);
        Assert.Equal(
            ["GRANT DDL ON TABLE m.cpu TO \"varve\"", "GRANT DDL TO \"varve\""],
            Missing(new Grant("TABLE", "m.cpu", "DML", false))
        );
        Assert.Equal(["GRANT DDL TO \"varve\""], Missing(new Grant("TABLE", "m.cpu", "DDL", false)));
        Assert.Equal(["GRANT DDL TO \"varve\""], Missing(new("SCHEMA", "m", "DDL", false), new("TABLE", "m.other", "DDL", true)));
        Assert.Empty(Missing(new Grant("CLUSTER", null, "DDL", false)));
        Assert.Equal(
            ["GRANT DDL ON TABLE m.cpu TO \"varve\""],
            Missing(new("CLUSTER", null, "DDL", false), new("TABLE", "m.cpu", "DDL", true))
        );
    }

    [Fact]
    public async Task Grants_are_asked_for_where_the_user_is_no_superuser()
    {
        Cluster.Answers = call =>
            call.Says("sys.users") ? Reply.Rows([("superuser", 3)], [false])
            : call.Says("sys.privileges")
                ? Reply.Rows(
                    [("class", 4), ("ident", 4), ("type", 4), ("state", 4)],
                    ["CLUSTER", null, "AL", "GRANT"],
                    ["TABLE", "m.cpu", "DDL", "DENY"]
                )
            : Healthy(call);
        Assert.Equal([new("CLUSTER", null, "AL", false), new Grant("TABLE", "m.cpu", "DDL", true)], (await ReadAsync()).Grants!);
        Cluster.Answers = Healthy;
        Assert.Null((await ReadAsync()).Grants);
    }

    private static readonly (string, object)[] s_nodes =
    [
        ("name", 4),
        ("version", 4),
        ("attributes", 12),
        ("size", 10),
        ("available", 10),
        ("heap", 10),
    ];

    private Task<ClusterFacts> ReadAsync() => ClusterReader.ReadAsync(Session(), new FakeTimeProvider(s_now), Token);

    private static Reply? Healthy(SqlCall call) =>
        call.Says("sys.nodes") ? Reply.Rows(s_nodes, ["n1", "6.4.3", new { storage = "hot" }, 100000000000L, 84721500160L, 4294967296L])
        : call.Says("sys.cluster") ? Recorded.Of("settings", "cluster").Reply
        : call.Says("node['name'] IS NOT NULL") ? Reply.Rows([("n", 4), ("c", 10)], ["n1", 14])
        : call.Says("sys.users") ? Reply.Rows([("superuser", 3)], [true])
        : call.Says("sys.repositories") ? Recorded.Of("snapshots", "repos").Reply
        : call.Says("sys.checks") ? Reply.Rows([("s", 9), ("d", 4)])
        : call.Says("sys.health") ? Reply.Rows([("s", 4), ("t", 4), ("p", 4), ("h", 4), ("m", 10), ("u", 10)])
        : Reply.Rows([("u", 4), ("s", 4), ("n", 11)], ["crate", "doc", s_now.ToUnixTimeMilliseconds() + 2_000]);
}
