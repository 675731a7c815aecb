using Varve.Policies;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class PolicyChangesTests
{
    private const string Stored =
        "{ policy: p, table: t, time: ts, series: [host], measures: { v: [avg] }, interval: 10s, keep: 7d, tiers: [{ every: 1h, keep: 1y }, { every: 1d, keep: 2y, zone: Europe/Berlin }] }";

    [Theory]
    [Rule("free-changes")]
    [InlineData(
        "keep: 7d",
        "keep: 3d, late: 1h, recheck: 1d, proof: totals, proof_changes: follow, min_coverage: 0.1, on_silence: hold, late_after_expiry: discard, views: false, tags: [a]"
    )]
    [InlineData("{ every: 1d,", "{ every: 6h, keep: 1y }, { every: 1d,")]
    [InlineData("2y", "forever")]
    [InlineData("v: [avg]", "v: [avg, min]")]
    [InlineData("v: [avg]", "w: [avg]")]
    [InlineData("v: [avg]", "v: { functions: [avg], unit: bytes }")]
    [InlineData("measures: { v: [avg] }", "measures: auto")]
    [InlineData("keep: 7d", "keep: 7d, ties: smallest")]
    [InlineData("{ every: 1h, keep: 1y }, ", "")]
    [InlineData("keep: 7d", "keep: 7d, archive: cold")]
    public void Free_changes_are_applied(string from, string to) => Assert.Empty(Changed(from, to));

    [Theory]
    [Rule("no-mixing")]
    [InlineData("table: t", "table: u", "`table` is stored as t, and the changed policy says u")]
    [InlineData("time: ts", "time: at", "`time` is stored as ts")]
    [InlineData("time: ts", "time: { column: ts, unit: ms }", "ts in milliseconds")]
    [InlineData(
        "v: [avg]",
        "v: { column: w, functions: [avg] }",
        "The measure `v` was the column v with ties: smallest, and the changed policy says the column w"
    )]
    [InlineData("keep: 7d", "keep: 7d, ties: any", "ties: any: its tiers would hold both")]
    [InlineData("keep: 7d", "keep: 7d, schema: s", "`schema` is stored as the source's")]
    [InlineData(
        "every: 1h",
        "every: 1h, name: hourly",
        "The tier with the buckets 1h was built as `1h`, and the changed policy calls it `hourly`"
    )]
    [InlineData("every: 1h", "every: 2h, name: 1h", "Tier `1h` was built with the buckets 1h, and the changed policy says 2h")]
    [InlineData("every: 1h", "every: 1h, origin: 2025-01-01T00:07Z", "says 1h+00:07:00")]
    [InlineData("Europe/Berlin", "Asia/Tokyo", "1d@Europe/Berlin, and the changed policy says 1d@Asia/Tokyo")]
    public void What_would_mix_what_is_built_is_refused(string from, string to, string message) =>
        Has(Assert.Single(Changed(from, to)), "VRV150", message);

    [Theory]
    [Rule("set-aside")]
    [InlineData(
        "[host]",
        "[host, site]",
        "series: [host] and interval: 10s, and the changed policy says series: [host, site] and interval: 10s"
    )]
    [InlineData("interval: 10s, ", "", "series: [host] and interval: 10s, and the changed policy says series: [host] and no interval")]
    public void Other_series_or_another_interval_are_other_tiers_and_need_other_names(string from, string to, string message)
    {
        var problems = Changed(from, to);
        Assert.Equal(["tiers[0].name", "tiers[1].name"], problems.Select(p => p.Path));
        Has(problems[0], "VRV150", message);
        Has(problems[1], "VRV150", "`name: 1d_2`");
        var named = Stored
            .Replace(from, to, StringComparison.Ordinal)
            .Replace("every: 1h", "every: 1h, name: a", StringComparison.Ordinal)
            .Replace("every: 1d", "every: 1d, name: b", StringComparison.Ordinal);
        Assert.Empty(PolicyChanges.Refused([Policy(Stored)], Policy(named)));
        Assert.True(PolicyChanges.SetsAside([Policy(Stored)], Policy(named)));
        Assert.True(PolicyChanges.RemovesMore(Policy(Stored), Policy(named)));

        // Among the new ones nothing may be mixed, and what was set aside keeps its names for good.
        Has(
            Assert.Single(
                PolicyChanges.Refused(
                    [Policy(Stored), Policy(named)],
                    Policy(named.Replace("name: a", "name: c", StringComparison.Ordinal))
                )
            ),
            "VRV150",
            "was built as `a`"
        );
        Has(PolicyChanges.Refused([Policy(Stored), Policy(named)], Policy(Stored))[0], "VRV150", "a later revision set it aside");
        Has(
            Assert.Single(
                PolicyChanges.Refused(
                    [Policy(Stored), Policy(named)],
                    Policy(named.Replace("every: 1h, name: a", "every: 2h, name: 1h", StringComparison.Ordinal))
                )
            ),
            "VRV150",
            "Tier `1h` was built with"
        );
        Assert.False(PolicyChanges.SetsAside([Policy(Stored), Policy(named)], Policy(named)));
    }

    [Fact]
    public void A_policy_without_tiers_sets_nothing_aside()
    {
        var plain = Policy("{ policy: p, table: t, time: ts, series: [], keep: 7d }");
        Assert.Empty(PolicyChanges.Refused([Policy(Stored)], plain));
        Assert.False(PolicyChanges.SetsAside([Policy(Stored)], plain));
        Assert.False(PolicyChanges.SetsAside([Policy(Stored), plain], Policy(Stored)));
        Assert.Empty(PolicyChanges.Refused([Policy(Stored), plain], Policy(Stored)));
    }

    [Fact]
    public void Where_nothing_was_built_measures_and_series_are_free() =>
        Assert.Empty(
            PolicyChanges.Refused(
                [Policy("{ table: t, time: ts, keep: 7d }")],
                Policy(Stored.Replace("policy: p, ", "", StringComparison.Ordinal))
            )
        );

    [Fact]
    public void A_measure_that_was_dropped_comes_back_as_what_it_was()
    {
        var without = Policy(Stored.Replace("v: [avg]", "u: [avg]", StringComparison.Ordinal));
        Assert.Empty(PolicyChanges.Refused([Policy(Stored), without], Policy(Stored)));
        var other = Policy(Stored.Replace("v: [avg]", "v: { column: w, functions: [avg] }", StringComparison.Ordinal));
        Has(Assert.Single(PolicyChanges.Refused([Policy(Stored), without], other)), "VRV150", "`v` was the column v");
    }

    [Theory]
    [Rule("brake-again")]
    [InlineData("keep: 7d", "keep: 7d, archive: cold", false)]
    [InlineData("keep: 7d", "keep: 6d", true)]
    [InlineData("keep: 7d", "keep: 8d", false)]
    [InlineData("keep: 7d", "keep: 168h", false)]
    [InlineData("keep: 1y", "keep: 11mo", true)]
    [InlineData("keep: 1y", "keep: 364d", true)]
    [InlineData("keep: 2y", "keep: forever", false)]
    [InlineData(", { every: 1d, keep: 2y, zone: Europe/Berlin }", "", true)]
    [InlineData("every: 1h", "every: 2h, name: 1h", true)]
    [InlineData("keep: 7d", "keep: 7d, late_after_expiry: discard", true)]
    [InlineData("keep: 7d", "keep: 7d, late_after_expiry: merge", true)]
    [InlineData("keep: 7d", "keep: 7d, on_silence: hold", false)]
    [InlineData("keep: 7d", "keep: 7d, proof_changes: follow", true)]
    [InlineData("keep: 7d, proof_changes: follow", "keep: 7d", false)]
    [InlineData("{ every: 1d,", "{ every: 6h, keep: 1y }, { every: 1d,", false)]
    public void The_brake_knows_what_removes_more(string from, string to, bool more) =>
        Assert.Equal(more, PolicyChanges.RemovesMore(Policy(Stored), Policy(Stored.Replace(from, to, StringComparison.Ordinal))));

    [Fact]
    [Rule("brake-again")]
    public void A_history_that_is_no_longer_held_removes_more() =>
        Assert.True(PolicyChanges.RemovesMore(Policy(Stored) with { OnSilence = OnSilence.Hold }, Policy(Stored)));

    private static IReadOnlyList<Problem> Changed(string from, string to)
    {
        Assert.Contains(from, Stored, StringComparison.Ordinal);
        return PolicyChanges.Refused([Policy(Stored)], Policy(Stored.Replace(from, to, StringComparison.Ordinal)));
    }
}
