using NodaTime;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class PolicyRulesTests
{
    internal static readonly Policy Sound = new()
    {
        Name = "p",
        Table = new(null, "t"),
        Time = "ts",
        Series = ["host"],
        Measures = [M("v", Function.Avg)],
        Keep = Keep.Parse("7d"),
        Tiers = [T("1h", "1y")],
    };

    [Fact]
    public void A_sound_policy_has_no_problems()
    {
        Assert.Empty(PolicyRules.Check(Sound));
        Assert.Empty(
            PolicyRules.Check(
                new()
                {
                    Name = "p",
                    Table = new(null, "t"),
                    Time = "ts",
                    Keep = Keep.Parse("1y"),
                }
            )
        );
    }

    [Fact]
    [Rule("unsafe-policies")]
    public void An_input_stays_until_what_is_built_from_it_has_closed()
    {
        One(
            Sound with
            {
                Keep = Keep.Parse("2h"),
                Late = Keep.Parse("90m"),
            },
            "VRV111",
            "tiers[0].every",
            "Tier `1h` needs 2h 30m (bucket 1h, late 90m) of the source, which keeps only 2h"
        );
        One(
            Sound with
            {
                Keep = Keep.Parse("1d"),
                Recheck = Keep.Parse("1d"),
            },
            "VRV111",
            "tiers[0].every",
            "needs 1d 1h (bucket 1h, late 0s, recheck 1d) of the source, which keeps only 1d"
        );
        Assert.Empty(PolicyRules.Check(Sound with { Keep = Keep.Parse("25h"), Recheck = Keep.Parse("1d") }));
    }

    [Fact]
    public void Months_count_at_their_unsafe_end()
    {
        One(
            Sound with
            {
                Keep = Keep.Parse("1mo"),
                Tiers = [T("1mo", "1y")],
            },
            "VRV111",
            "tiers[0].every",
            "needs 31d of the source, which keeps only 1mo (as short as 28d)"
        );
        One(
            Sound with
            {
                Keep = Keep.Parse("30d"),
                Tiers = [T("1mo", "1y")],
            },
            "VRV111",
            "tiers[0].every",
            "needs 31d of the source, which keeps only 30d"
        );
        Assert.Empty(PolicyRules.Check(Sound with { Keep = Keep.Parse("31d"), Tiers = [T("1mo", "1y")] }));
        One(
            Sound with
            {
                Keep = Keep.Parse("31d"),
                Zone = "Europe/Berlin",
                Tiers = [T("1mo", "1y")],
            },
            "VRV111",
            "tiers[0].every",
            "needs 31d 1h of the source"
        );
    }

    [Fact]
    [Rule("nearest-input")]
    public void A_tier_falls_back_to_a_finer_input_that_stays_long_enough()
    {
        var cascade = Choose(Sound with { Tiers = [T("1h", "1y"), T("1d", "2y"), T("1w", "2y"), T("1mo", "2y")] });
        Assert.Equal([null, 0, 1, 1], cascade.Tiers.Select(t => t.Input));
        Assert.Equal([true, true, false, true], cascade.Tiers.Select(t => t.InChain));
    }

    [Fact]
    [Rule("zones-side-by-side")]
    public void Of_tiers_of_one_width_that_do_not_nest_the_view_reads_the_one_that_stands_first()
    {
        var cascade = Choose(
            Sound with
            {
                Tiers = [T("1h", "1y"), T("1d", "2y"), T("1d", "2y") with { Zone = "Europe/Berlin", Name = "berlin" }],
            }
        );
        Assert.Equal([true, true, false], cascade.Tiers.Select(t => t.InChain));
    }

    [Fact]
    public void Local_days_of_an_odd_zone_are_built_past_a_tier_of_hours()
    {
        var tiers = new[] { T("15m", "40d"), T("1h", "1y"), T("1d", "2y") with { Zone = "Asia/Kathmandu" } };
        var cascade = PolicyRules.Cascade(
            Sound with
            {
                Tiers = tiers,
            },
            new(Instant.FromUtc(2020, 1, 1, 0, 0), Instant.FromUtc(2025, 1, 1, 0, 0)),
            []
        );
        Assert.Equal([null, 0, 0], cascade!.Tiers.Select(t => t.Input));
        Assert.Equal([true, false, true], cascade.Tiers.Select(t => t.InChain));
    }

    [Fact]
    [Rule("nothing-fits")]
    public void A_tier_that_nothing_can_build_is_refused_with_the_one_that_would_do()
    {
        One(
            Sound with
            {
                Keep = Keep.Parse("8d"),
                Tiers = [T("1w", "1y"), T("1mo", "2y")],
            },
            "VRV121",
            "tiers[1].every",
            "Tier `1mo` cannot be built from tier `1w`, which has no boundary at 2025-01-01T00:00:00Z, and it needs 31d of the source, which keeps only 8d. A tier of 1d would do"
        );
        var kathmandu = Sound with { Keep = Keep.Parse("2h"), Tiers = [T("1h", "1y"), T("1d", "2y") with { Zone = "Asia/Kathmandu" }] };
        List<Problem> problems = [];
        PolicyRules.Cascade(kathmandu, TimeRange.Since(Instant.FromUtc(2020, 1, 1, 0, 0)), problems);
        Has(Assert.Single(problems), "VRV121", "no boundary at 2025-01-01T18:15:00Z", "A tier of 15m would do");
        Assert.Empty(PolicyRules.Check(Sound with { Keep = Keep.Parse("1y"), Tiers = [T("1w", "1y"), T("1mo", "2y")] }));
    }

    [Fact]
    [Rule("unsafe-policies")]
    public void Keeps_never_shrink()
    {
        One(
            Sound with
            {
                Tiers = [T("1h", "30d"), T("1d", "20d")],
            },
            "VRV112",
            "tiers[1].keep",
            "Tier `1d` keeps 20d and is coarser than tier `1h`, which keeps 30d"
        );
        One(
            Sound with
            {
                Keep = Keep.Forever,
            },
            "VRV112",
            "tiers[0].keep",
            "Tier `1h` keeps 1y (as short as 365d) and is coarser than the source, which keeps forever. Give the source a `keep` of at most 1y"
        );
        One(
            Sound with
            {
                Keep = Keep.Parse("30d"),
                Tiers = [T("1h", "1mo")],
            },
            "VRV112",
            "tiers[0].keep",
            "keeps 1mo (as short as 28d)",
            "keeps 30d"
        );
        Assert.Empty(PolicyRules.Check(Sound with { Tiers = [T("1h", "1y"), T("1d", "12mo"), T("1w", "forever"), T("1mo", "forever")] }));
    }

    [Theory]
    [InlineData("1h", "1h")]
    [InlineData("1h", "60m")]
    [InlineData("1d", "24h")]
    [InlineData("1d", "1h")]
    [InlineData("1mo", "1w")]
    public void Tiers_get_coarser(string finer, string coarser) =>
        Has(
            Assert.Single(
                PolicyRules.Check(
                    Sound with
                    {
                        Keep = Keep.Parse("1y"),
                        Tiers = [T(finer, "1y") with { Name = "a" }, T(coarser, "1y") with { Name = "b" }],
                    }
                )
            ),
            "VRV113",
            $"Tier `b` ({Width.Parse(coarser).Name}) is not coarser than the one before it, `a` ({finer})"
        );

    [Theory]
    [InlineData("Europe/Berlin", "America/New_York", null)]
    [InlineData("America/New_York", "UTC", null)]
    [InlineData("Europe/Berlin", "Europe/Berlin", "VRV113")]
    [InlineData("Etc/UTC", "UTC", "VRV113")]
    [InlineData(null, "UTC", "VRV113")]
    public void A_calendar_width_may_come_again_in_another_zone(string? first, string? second, string? code)
    {
        Tier Day(string? zone, string name) => T("1d", "1y") with { Zone = zone, Name = name };
        var problems = PolicyRules.Check(
            Sound with
            {
                Keep = Keep.Parse("7d"),
                Tiers = [T("1h", "30d"), Day(first, "a"), Day(second, "b")],
            }
        );
        Assert.Equal(code is null ? [] : [code], problems.Select(p => p.Code));
        Assert.Contains(
            PolicyRules.Check(
                Sound with
                {
                    Keep = Keep.Parse("7d"),
                    Tiers = [T("1h", "30d"), Day("Europe/Berlin", "a"), Day("UTC", "b"), Day("Europe/Berlin", "c")],
                }
            ),
            p => p.Code == "VRV113"
        );
        Assert.Contains(
            PolicyRules.Check(
                Sound with
                {
                    Keep = Keep.Parse("7d"),
                    Tiers = [T("1h", "30d"), T("1d", "1y") with { Zone = "Europe/Berlin" }, T("1d", "1y") with { Zone = "UTC" }],
                }
            ),
            p => p.Code == "VRV114"
        );
    }

    [Theory]
    [InlineData("1h", "1h", "VRV114", "Two tiers have the name `1h`")]
    [InlineData("all", null, "VRV139", "would be called t_all")]
    [InlineData("1d_states", null, "VRV139", "would be called t_1d_states")]
    [InlineData("", null, "VRV119", "empty name")]
    public void Names_of_tiers_are_unique(string? first, string? second, string code, string message) =>
        Has(
            PolicyRules.Check(Sound with { Tiers = [T("1h", "1y") with { Name = first }, T("1d", "1y") with { Name = second }] })[0],
            code,
            message
        );

    [Theory]
    [InlineData("europe/berlin", "`Europe/Berlin`")]
    [InlineData("Kathmandu", "`Asia/Kathmandu`")]
    [InlineData("UTC+2", "IANA")]
    [InlineData("Middle Earth", "IANA")]
    public void A_zone_must_exist(string zone, string hint)
    {
        One(Sound with { Zone = zone }, "VRV115", "zone", $"There is no time zone `{zone}`", hint);
        One(Sound with { Tiers = [T("1d", "1y") with { Zone = zone }] }, "VRV115", "tiers[0].zone", zone);
    }

    [Fact]
    public void Zones_are_for_calendar_widths_and_origins_for_fixed_ones()
    {
        One(
            Sound with
            {
                Tiers = [T("1h", "1y") with { Zone = "Europe/Berlin" }],
            },
            "VRV117",
            "tiers[0].zone",
            "fixed width",
            "Europe/Berlin"
        );
        One(
            Sound with
            {
                Tiers = [T("1d", "1y") with { Origin = Instant.FromUtc(2025, 1, 1, 6, 0) }],
            },
            "VRV117",
            "tiers[0].origin",
            "2025-01-01T06:00:00Z"
        );
        One(
            Sound with
            {
                Tiers = [T("1h", "1y") with { Origin = Instant.FromUnixTimeTicks(5) }],
            },
            "VRV117",
            "tiers[0].origin",
            "whole milliseconds"
        );
    }

    [Fact]
    public void A_policy_does_something() => One(Sound with { Tiers = [], Keep = Keep.Forever }, "VRV110", "", "Give it `keep` or `tiers`");

    [Fact]
    public void Values_that_only_code_can_write_are_refused_too()
    {
        One(Sound with { Late = Keep.Forever }, "VRV104", "late", "forever");
        One(Sound with { Recheck = Keep.Forever }, "VRV104", "recheck", "forever");
        One(Sound with { Interval = Keep.Zero }, "VRV104", "interval", "0s");
        One(Sound with { MinCoverage = double.NaN }, "VRV104", "min_coverage", "from 0 to 1");
        One(Sound with { MinCoverage = 0.5 }, "VRV116", "min_coverage", "needs `interval`");
        One(Sound with { Tiers = [], Keep = Keep.Zero }, "VRV104", "keep", "nothing at all");
        Has(PolicyRules.Check(Sound with { Tiers = [T("1h", "0s")] })[0], "VRV104", "`tiers[0].keep: 0s` would keep nothing at all");
        One(Sound with { Time = "a\0b" }, "VRV119", "time", "NUL");
        One(Sound with { Schema = "a\ud800" }, "VRV119", "schema", "surrogate");
    }

    [Theory]
    [InlineData("iot", true)]
    [InlineData("team:größe/a.b-c_1", true)]
    [InlineData("two words", false)]
    [InlineData("", false)]
    [InlineData("-x", false)]
    [InlineData("a,b", false)]
    public void Tags_are_words(string tag, bool isWord) =>
        Assert.Equal(isWord ? [] : ["VRV118"], PolicyRules.Check(Sound with { Tags = [tag] }).Select(p => p.Code));

    internal static Measure M(string name, params Function[] functions) =>
        new()
        {
            Name = name,
            Column = name,
            Functions = functions,
        };

    private static Tier T(string every, string keep) => new() { Every = Width.Parse(every), Keep = Keep.Parse(keep) };

    private static Cascade Choose(Policy policy) => PolicyRules.Cascade(policy, TimeRange.All, [])!;

    internal static void One(Policy policy, string code, string path, params string[] parts)
    {
        var problem = Assert.Single(PolicyRules.Check(policy));
        Has(problem, code, parts);
        Assert.Equal(path, problem.Path);
    }
}
