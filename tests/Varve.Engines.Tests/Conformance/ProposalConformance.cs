using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Proposing;

namespace Varve.Engines.Tests.Conformance;

/// <summary>A proposed policy passes check as it is, says what was seen, and asks where it cannot know.</summary>
public abstract class ProposalConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private static readonly SourceColumn[] Plain = [new("host", ValueKind.Text), new("v", ValueKind.Double)];

    [Theory]
    [InlineData(TimeKind.Timestamp)]
    [InlineData(TimeKind.TimestampSeconds)]
    [InlineData(TimeKind.TimestampNanoseconds)]
    [InlineData(TimeKind.TimestampTz)]
    [InlineData(TimeKind.IntegerSeconds)]
    [InlineData(TimeKind.IntegerMilliseconds)]
    [InlineData(TimeKind.IntegerMicroseconds)]
    [InlineData(TimeKind.IntegerNanoseconds)]
    public async Task The_only_time_is_found_with_its_unit_and_its_pace(TimeKind kind)
    {
        var policy = await ProposedAsync(Cpu(kind), Both("2025-01-01", "2025-01-01T04:00Z", "1m"));
        Assert.Equal("ts", policy.Time);
        Assert.Equal(
            kind.ToString().StartsWith("Integer", StringComparison.Ordinal) ? kind.ToString()["Integer".Length..] : null,
            policy.Unit?.ToString()
        );
        Assert.Equal(["host"], policy.Series);
        Assert.Equal("v", Assert.Single(policy.Measures!).Name);
        Assert.Equal("1m", policy.Interval!.Text);
        Assert.Equal(["5m", "1h", "1d"], policy.Tiers.Select(t => t.Every.Name));
    }

    [Fact]
    public async Task Dates_get_widths_of_the_calendar()
    {
        if (!await HasDatesAsync())
            return;
        Assert.Equal(
            ["1mo"],
            (await ProposedAsync(Cpu(TimeKind.Date), Both("2025-01-01", "2025-03-01", "24h"))).Tiers.Select(t => t.Every.Name)
        );
    }

    [Fact]
    public async Task A_column_that_is_the_same_for_each_name_is_kept_beside_it_and_a_state_is_measured()
    {
        var table = Cpu() with
        {
            Columns =
            [
                new("host", ValueKind.Text),
                new("region", ValueKind.Text),
                new("state", ValueKind.Text),
                new("on", ValueKind.Bool),
                new("v", ValueKind.Double),
            ],
        };
        var rows = Both("2025-01-01", "2025-01-01T04:00Z", "1m")
            .Select(r =>
                SourceRow.Of(
                    r.At,
                    r.Values[0],
                    (string)r.Values[0]! == "a" ? "eu" : "us",
                    r.At < At("2025-01-01T01:00Z") ? "ok" : "worn",
                    true,
                    1.5
                )
            );
        var policy = await ProposedAsync(table, rows);
        Assert.Equal(["host", "region"], policy.Series);
        Assert.Equal(
            [("state", Function.Last), ("on", Function.Last), ("v", Function.Avg)],
            policy.Measures!.Select(m => (m.Name, m.Functions[0]))
        );
    }

    [Fact]
    public async Task A_number_that_describes_a_series_is_no_measure_and_a_counter_is_named()
    {
        var table = Cpu() with
        {
            Columns =
            [
                new("host", ValueKind.Text),
                new("rack", ValueKind.Integer),
                new("lat", ValueKind.Double),
                new("packets", ValueKind.Integer),
                new("boots", ValueKind.Integer),
                new("load", ValueKind.Double),
            ],
        };
        var rows = Both("2025-01-01", "2025-01-01T04:00Z", "1m")
            .Select(
                (r, i) =>
                    SourceRow.Of(
                        r.At,
                        r.Values[0],
                        (string)r.Values[0]! == "a" ? 7L : 9L,
                        (string)r.Values[0]! == "a" ? 52.5 : 48.1,
                        i < 300 ? 1000L + i : i - 300L,
                        (long)(i / 200),
                        i * 7919 % 97 / 7.0
                    )
            );
        var draft = await DraftAsync(table, rows);
        var policy = Read(draft);
        Assert.Equal(["host"], policy.Series);
        Assert.Equal(["packets", "boots", "load"], policy.Measures!.Select(m => m.Name));
        Assert.Equal([Function.First, Function.Last], policy.Measures![0].Functions);
        Assert.Equal([Function.Avg, Function.Min, Function.Max], policy.Measures[1].Functions);
        Assert.Contains("a counter: within a series it grows in", draft.Yaml, StringComparison.Ordinal);
        Assert.Equal(2, draft.Yaml.Split("describes").Length - 1);
    }

    [Fact]
    public async Task A_name_that_changes_from_row_to_row_of_a_series_is_a_state()
    {
        var table = Cpu() with { Columns = [new("host", ValueKind.Text), new("phase", ValueKind.Text), new("v", ValueKind.Double)] };
        var policy = await ProposedAsync(
            table,
            Both("2025-01-01", "2025-01-01T04:00Z", "1m")
                .Select((r, i) => SourceRow.Of(r.At, r.Values[0], $"p{i % 3}", i * 7919 % 97 / 7.0))
        );
        Assert.Equal(["host"], policy.Series);
        Assert.Equal([("phase", Function.Last), ("v", Function.Avg)], policy.Measures!.Select(m => (m.Name, m.Functions[0])));
        Assert.Equal("1m", policy.Interval!.Text);
    }

    [Fact]
    public async Task Names_that_never_share_an_instant_are_series_all_the_same()
    {
        var rows = Every("2025-01-01", "2025-01-01T04:00Z", "1m").Select((r, i) => SourceRow.Of(r.At, $"h{i * 7919 % 13}", 1.0));
        var draft = await DraftAsync(Cpu(), rows);
        Assert.Equal(["host"], Read(draft).Series);
        Assert.Contains("not certain", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_integer_that_tells_rows_of_an_instant_apart_is_a_series()
    {
        var table = Cpu() with { Columns = [new("port", ValueKind.Integer), new("v", ValueKind.Double)] };
        var rows = Every("2025-01-01", "2025-01-01T04:00Z", "1m")
            .SelectMany(r => Enumerable.Range(1, 3).Select(port => SourceRow.Of(r.At, (long)port, 0.5 + port)));
        Assert.Equal(["port"], (await ProposedAsync(table, rows)).Series);
    }

    [Fact]
    public async Task Rows_that_nothing_tells_apart_are_pointed_out()
    {
        var draft = await DraftAsync(Cpu(), Both("2025-01-01", "2025-01-01T04:00Z", "1m").SelectMany(r => new[] { r, r }));
        Assert.Contains("Look here", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_different_in_each_row_is_in_no_tier()
    {
        var table = Cpu() with { Columns = [new("host", ValueKind.Text), new("message", ValueKind.Text), new("v", ValueKind.Double)] };
        var policy = await ProposedAsync(
            table,
            Both("2025-01-01", "2025-01-01T04:00Z", "1m").Select((r, i) => SourceRow.Of(r.At, r.Values[0], $"line {i}", 1.0))
        );
        Assert.Equal(["host"], policy.Series);
        Assert.Equal(["v"], policy.Measures!.Select(m => m.Name));
    }

    [Fact]
    public async Task Uneven_steps_give_no_interval()
    {
        var rows = Enumerable.Range(0, 500).Select(i => SourceRow.Of(At("2025-01-01") + Duration.FromSeconds(i * i), "a", 1.0));
        var draft = await DraftAsync(Cpu(), rows);
        Assert.Null(Read(draft).Interval);
        Assert.Contains("uneven", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_rows_is_proposed_from_its_columns_and_says_so()
    {
        var draft = await DraftAsync(Cpu(), []);
        Assert.Equal(["host"], Read(draft).Series);
        Assert.Contains("from its columns alone", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_times_are_asked_for_and_a_word_answers()
    {
        var table = Cpu() with { Columns = [new("seen", ValueKind.Moment), .. Plain] };
        await Db.CreateAsync(table);
        await Db.InsertAsync(table, [SourceRow.Of("2025-01-01", At("2025-01-02"), "a", 1.0)]);
        var asked = await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu"), null));
        Assert.Equal("VRV160", asked.Code);
        Assert.Contains("--time ts", asked.Message, StringComparison.Ordinal);
        Assert.Contains("`seen`", asked.Message, StringComparison.Ordinal);
        Assert.Equal("seen", Read(await ProposeAsync(new("m", "cpu"), new() { Time = "seen" })).Time);
    }

    [Fact]
    public async Task What_a_person_says_about_series_is_taken()
    {
        await Db.CreateAsync(Cpu());
        await Db.InsertAsync(Cpu(), [.. Both("2025-01-01", "2025-01-02", "1h")]);
        var policy = Read(await ProposeAsync(new("m", "cpu"), new() { Series = [] }));
        Assert.Empty(policy.Series);
        Assert.Equal(["host", "v"], policy.Measures!.Select(m => m.Name));
        Assert.Equal(
            "VRV131",
            (await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu"), new() { Series = ["hots"] }))).Code
        );
    }

    [Fact]
    public async Task An_integer_whose_unit_nothing_shows_needs_it_said()
    {
        var table = new SourceTable(new("m", "cpu"), "ts", TimeKind.IntegerSeconds, Plain);
        await Db.CreateAsync(table);
        await Db.InsertAsync(table, [SourceRow.Of("1970-01-01T00:00:05Z", "a", 1.0)]);
        Assert.Equal("VRV161", (await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu"), null))).Code);
        Assert.Equal(
            "VRV160",
            (await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu"), new() { Time = "ts" }))).Code
        );
        var unknown = await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu"), new() { Time = "ts:xx" }));
        Assert.Contains("`xx` is no unit of `ts`: it is s, ms, us or ns", unknown.Message, StringComparison.Ordinal);
        Assert.Contains(
            "has no unit",
            (await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu"), new() { Time = "host:ms" }))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(TimeUnit.Seconds, Read(await ProposeAsync(new("m", "cpu"), new() { Time = "ts:s" })).Unit);
    }

    [Fact]
    public async Task All_tables_are_proposed_but_those_that_cannot_be_and_varves_own()
    {
        await BeginAsync(Policy("keep: 7d\ntiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-03", "1h"));
        await new Story(Db, Cpu()).WithAsync(
            lifecycle => RunOutcome.OfAsync(lifecycle, new() { Yes = true, AsOf = At("2025-01-03") }),
            new SettableTime(At("2025-01-03"))
        );
        await Db.CreateAsync(Cpu() with { Name = new("m", "disk") });
        await Db.CreateAsync(Cpu() with { Name = new("n", "disk") });
        await Db.ExecuteAsync("CREATE TABLE n.words (word VARCHAR)");
        var outcomes = await new Story(Db, Cpu()).WithAsync(lifecycle => lifecycle.ProposeAllAsync());
        Assert.Equal(
            [("m.cpu", null, "VRV108"), ("m.disk", "disk", null), ("n.disk", "n.disk", null), ("n.words", null, "VRV161")],
            outcomes.Select(o => (o.Table.Text, o.Draft?.Policy, o.Obstacle?.Code))
        );
    }

    [Fact]
    public async Task A_relation_of_varves_own_is_refused()
    {
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-03", "1h"));
        await story.RunWellAsync("2025-01-04");
        Assert.Equal("VRV135", (await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "cpu_1h_states"), null))).Code);
        await Db.ExecuteAsync("CREATE VIEW m.theirs AS SELECT * FROM m.cpu");
        if (Db is not PostgreSqlScratch)
            Assert.Equal("VRV138", (await Assert.ThrowsAsync<PolicyException>(() => ProposeAsync(new("m", "theirs"), null))).Code);
    }

    [Theory]
    [MemberData(nameof(NameConformance.Names), MemberType = typeof(NameConformance))]
    public async Task Any_name_reads_back_as_it_is(string name)
    {
        Assert.SkipUnless(Db.Takes($"s {name}"), "No table can have that name here.");
        var table = new SourceTable(
            new($"s {name}", name),
            $"t {name}",
            TimeKind.Timestamp,
            [new($"h {name}", ValueKind.Text), new(name, ValueKind.Double)]
        );
        var policy = await ProposedAsync(table, Both("2025-01-01", "2025-01-01T04:00Z", "1m"));
        Assert.Equal((name, table.Name, table.Time), (policy.Name, policy.Table, policy.Time));
        Assert.Equal([$"h {name}"], policy.Series);
        Assert.Equal(name, Assert.Single(policy.Measures!).Name);
    }

    private static IEnumerable<SourceRow> Both(string from, string to, string step) =>
        Every(from, to, step).Concat(Every(from, to, step, "b"));

    private static Policy Read(PolicyDraft draft) => PolicyYaml.Parse(draft.Yaml, "draft.yaml")[0].Policy;

    private async Task<Policy> ProposedAsync(SourceTable table, IEnumerable<SourceRow> rows) => Read(await DraftAsync(table, rows));

    /// <summary>The proposal; it can be applied as it is.</summary>
    private async Task<PolicyDraft> DraftAsync(SourceTable table, IEnumerable<SourceRow> rows)
    {
        await Db.CreateAsync(table);
        await Db.InsertAsync(table, [.. rows]);
        var draft = await ProposeAsync(table.Name, null);
        await new Story(Db, table).ApplyAsync(draft.Yaml);
        return draft;
    }

    private Task<PolicyDraft> ProposeAsync(TableName table, ProposalChoices? choices) =>
        new Story(Db, Cpu()).WithAsync(lifecycle => lifecycle.ProposeAsync(table, choices), new SettableTime(At("2025-06-01")));
}
