using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Home;

namespace Varve.Server.Tests.Monitoring;

/// <summary>The dashboard and the alert rules name metrics and labels that a server exposes, and no others.</summary>
[Collection(Served.Name)]
public sealed partial class MonitoringTests(ServedDatabase served)
{
    private static readonly string Folder = Path.Combine(Root(), "packaging", "monitoring");

    // What Prometheus and Grafana put in beside the labels of a metric.
    private static readonly string[] Own = ["le"];

    [Fact]
    public async Task Every_expression_is_of_metrics_and_labels_that_are_exposed()
    {
        var exposed = await ExposedAsync();
        var expressions = Dashboard().Concat(Rules()).ToList();
        Assert.True(expressions.Count >= 25, "Expressions were not read.");
        foreach (var expression in expressions)
        {
            var names = Metric().Matches(Selector().Replace(Labels().Replace(expression, ""), "")).Select(m => m.Value).ToList();
            Assert.NotEmpty(names);
            foreach (var name in names)
                Assert.True(exposed.ContainsKey(name), $"{name} is not exposed: {expression}");
            var known = names.SelectMany(n => exposed[n]).Concat(Own).ToHashSet();
            foreach (var label in LabelsOf(expression))
                Assert.True(known.Contains(label), $"{label} is no label of {string.Join(", ", names)}: {expression}");
        }
    }

    [Fact]
    public async Task Lag_waits_and_what_was_missed_are_told_by_name()
    {
        var exposed = await ExposedAsync();
        Assert.Superset(
            new HashSet<string> { "varve_connection", "varve_policy", "varve_relation" },
            exposed["varve_server_policy_lag_seconds"]
        );
        foreach (var name in new[] { "varve_server_policy_waits", "varve_server_schedule_missed_total" })
            Assert.Superset(new HashSet<string> { "varve_connection", "varve_policy" }, exposed[name]);
        using var client = served.With(null);
        var told = (await client.GetStringAsync("metrics")).Split('\n');
        foreach (var (tier, most) in new[] { ("6h", 86_400), ("local_days", 2 * 86_400) })
        {
            var lag = told.Single(l =>
                l.StartsWith("varve_server_policy_lag_seconds", StringComparison.Ordinal)
                && l.Contains("varve_policy=\"sensor7\"", StringComparison.Ordinal)
                && l.Contains($"varve_relation=\"{tier}\"", StringComparison.Ordinal)
            );
            Assert.InRange(
                double.Parse(lag[(lag.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture),
                1,
                most
            );
        }
    }

    [Fact]
    public async Task What_tells_how_work_goes_in_general_is_told_by_database()
    {
        var exposed = await ExposedAsync();
        foreach (
            var (metric, labels) in new[]
            {
                ("varve_runs_total", new[] { "varve_connection", "varve_outcome" }),
                ("varve_steps_total", ["varve_connection", "varve_step_kind", "varve_outcome"]),
                ("varve_step_duration_seconds_count", ["varve_connection", "varve_step_kind"]),
                ("varve_step_duration_seconds_bucket", ["varve_connection", "varve_step_kind", "le"]),
                ("varve_rows_read_total", ["varve_connection"]),
                ("varve_rows_written_total", ["varve_connection", "varve_policy", "varve_relation"]),
            }
        )
            Assert.Equal(labels.Order(), exposed[metric].Where(l => !l.StartsWith("otel_", StringComparison.Ordinal)).Order());
        using var client = served.With(null);
        var told = (await client.GetStringAsync("metrics")).Split('\n');
        Assert.Equal(
            11,
            told.Count(l =>
                l.StartsWith("varve_step_duration_seconds_bucket", StringComparison.Ordinal)
                && l.Contains("\"metrics\"", StringComparison.Ordinal)
                && l.Contains("\"rollup\"", StringComparison.Ordinal)
            )
        );
        Assert.Contains(
            told,
            l =>
                l.StartsWith("varve_rows_written_total", StringComparison.Ordinal)
                && l.Contains("varve_connection=\"metrics\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_server_tells_its_own_gauges_beside_another_one_in_the_process()
    {
        await using var other = new ServedDatabase();
        await other.InitializeAsync();
        using var admin = served.Client(Role.Operator);
        foreach (var path in new[] { "pause", "resume" })
        {
            using var said = await admin.PostAsync(
                $"api/v1/connections/{ServedDatabase.Mine}/schedules/cpu/{path}",
                path == "pause" ? JsonContent.Create(new { reason = "a move" }) : null
            );
            Assert.True(said.IsSuccessStatusCode, await said.Content.ReadAsStringAsync());
            foreach (var (server, expected) in new[] { (served, path == "pause" ? 1 : 0), (other, 0) })
            {
                using var anybody = server.With(null);
                await ServedDatabase.UntilAsync(
                    async () => (await anybody.GetStringAsync("metrics")).Split('\n').Where(IsPaused).ToList(),
                    lines => lines is [var only] && only.Split("} ")[1].Split(' ')[0] == (expected == 1 ? "1" : "0")
                );
            }
        }

        static bool IsPaused(string line) =>
            line.StartsWith("varve_server_schedule_paused{", StringComparison.Ordinal)
            && line.Contains("varve_connection=\"metrics\"", StringComparison.Ordinal)
            && line.Contains("varve_policy=\"cpu\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousands_of_policies_are_told_by_name()
    {
        // OpenTelemetry tells 2,000 where it is not asked for more.
        const int Many = 2_500;
        for (var i = 0; i < Many; i++)
        {
            Telemetry.RowsRemoved.Add(1, Of($"many{i}", "source"));
            ServerTelemetry.Fired(
                new($"many{i}", "metrics", $"many{i}", RunTrigger.Schedule, Instant.FromUnixTimeSeconds(0), "scheduler") { Missed = 1 },
                Duration.FromSeconds(1)
            );
        }

        // What was asked for a moment ago is answered again: another test may have asked.
        using var client = served.With(null);
        var told = await ServedDatabase.UntilAsync(
            async () => (await client.GetStringAsync("metrics")).Split('\n'),
            all => all.Any(l => l.Contains("varve_policy=\"many0\"", StringComparison.Ordinal))
        );
        foreach (var metric in new[] { "varve_rows_removed_total", "varve_server_schedule_missed_total" })
            Assert.Equal(
                Many,
                told.Count(l =>
                    l.StartsWith(metric, StringComparison.Ordinal) && l.Contains("varve_policy=\"many", StringComparison.Ordinal)
                )
            );
        Assert.DoesNotContain(told, l => l.Contains("otel_metric_overflow", StringComparison.Ordinal));
    }

    /// <summary>As the steps of a run mark what they count.</summary>
    private static System.Diagnostics.TagList Of(string policy, string relation) =>
        [new("varve.policy", policy), new("varve.relation", relation), new("varve.connection", ServedDatabase.Mine)];

    /// <summary>By metric, the labels of its samples, once everything that can be told was told.</summary>
    private async Task<IReadOnlyDictionary<string, HashSet<string>>> ExposedAsync()
    {
        using var client = served.Client(Role.Admin);
        await served.BuildSensorAsync(client, 7, more: "  - { name: local_days, every: 1d, zone: Europe/Berlin, keep: forever }\n");
        await served.RunAsync(client, new { policies = new[] { "cpu" } });
        ServerTelemetry.Fired(
            new("fired", "metrics", "cpu", RunTrigger.Schedule, Instant.FromUnixTimeSeconds(0), "scheduler") { Missed = 1 },
            Duration.FromSeconds(1)
        );
        ServerTelemetry.Told("ops", DeliveryState.Dead);
        ServerTelemetry.Refused("acme", "rows_removed_per_day");
        Telemetry.ProofFailures.Add(1, Of("cpu", "1h"));
        Telemetry.RowsRemoved.Add(1, Of("cpu", "source"));
        using var anybody = served.With(null);
        Dictionary<string, HashSet<string>> exposed = new(StringComparer.Ordinal);
        foreach (Match sample in Sample().Matches(await anybody.GetStringAsync("metrics")))
        {
            if (!exposed.TryGetValue(sample.Groups["name"].Value, out var labels))
                exposed.Add(sample.Groups["name"].Value, labels = []);
            labels.UnionWith(Label().Matches(sample.Groups["labels"].Value).Select(l => l.Groups["label"].Value));
        }

        return exposed;
    }

    private static IEnumerable<string> Dashboard()
    {
        var document = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Folder, "grafana-dashboard.json")));
        foreach (var panel in document.GetProperty("panels").EnumerateArray())
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
                yield return target.GetProperty("expr").GetString()!;
    }

    private static IEnumerable<string> Rules() =>
        File.ReadAllLines(Path.Combine(Folder, "prometheus-rules.yaml"))
            .Select(l => l.Trim())
            .Where(l => l.StartsWith("expr: ", StringComparison.Ordinal))
            .Select(l => l["expr: ".Length..]);

    private static IEnumerable<string> LabelsOf(string expression) =>
        Labels()
            .Matches(expression)
            .SelectMany(m => m.Groups["list"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Concat(Selector().Matches(expression).SelectMany(m => Label().Matches(m.Value).Select(l => l.Groups["label"].Value)));

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"\bvarve_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(by|without) \((?<list>[^)]*)\)")]
    private static partial Regex Labels();

    [GeneratedRegex("(?<label>[a-zA-Z_]+)(=~|!~|!=|=)\"")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{(?<labels>.*)\})? [^ ]+", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
