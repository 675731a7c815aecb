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
        Telemetry.ProofFailures.Add(1, new("varve.policy", "cpu"), new("varve.relation", "1h"));
        Telemetry.RowsRemoved.Add(1, new("varve.policy", "cpu"), new("varve.relation", "source"));
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
