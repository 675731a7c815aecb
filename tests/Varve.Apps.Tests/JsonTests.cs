using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Varve.Apps.Tests;

/// <summary>
/// What scripts read is what docs/output.schema.json says: every document of every command, with its name and the number of
/// its form.
/// </summary>
public sealed partial class JsonTests
{
    private static readonly string s_page = Path.Combine(Tool.Repository, "docs", "output.schema.json");

    private static readonly Lazy<JsonSchema> s_schema = new(() => JsonSchema.FromText(File.ReadAllText(s_page)));

    [Fact]
    public async Task The_schema_in_the_docs_is_what_the_program_prints()
    {
        var printed = await Tool.RunAsync("help", "--json");
        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            await File.WriteAllTextAsync(s_page, printed.Out);
        Assert.Equal(await File.ReadAllTextAsync(s_page), printed.Out);
    }

    [Fact]
    public async Task Every_document_is_as_the_schema_says()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        box.Sql("CREATE TABLE other AS SELECT * FROM cpu");
        HashSet<string> seen = [];
        foreach (
            var line in (string[])
                [
                    "check cpu.yaml",
                    "apply cpu.yaml",
                    "diff cpu.yaml",
                    "init other",
                    "plan --as-of AT",
                    "plan --as-of AT --sql",
                    "run --as-of AT",
                    "run --as-of AT --yes",
                    "run --as-of AT",
                    "status",
                    "history",
                    "history --steps RUN",
                    "audit",
                    "audit --verify",
                    "tags",
                    "policy list",
                    "policy show cpu",
                    "policy hold cpu --reason why",
                    "policy release cpu --all --yes",
                    "verify",
                    "repair",
                    "repair cpu --detach-views",
                    "query cpu --every 1d",
                    "invalidate cpu --from 2025-03-18 --to 2025-03-19",
                    "doctor",
                    "forecast",
                    "erase cpu --where host=host1 --dry-run",
                    "archive list",
                    "compact --to COPY",
                    "query nothing",
                    "verify nothing",
                    "policy accept-types cpu",
                    "policy delete cpu --yes",
                ]
        )
        {
            var run = line.Contains("RUN", StringComparison.Ordinal)
                ? LifecycleTests
                    .Json(await box.RunAsync("history", "--output", "json"))
                    .GetProperty("runs")[0]
                    .GetProperty("id")
                    .GetString()!
                : "";
            var args = line.Replace("AT", Sandbox.AsOf, StringComparison.Ordinal)
                .Replace("RUN", run, StringComparison.Ordinal)
                .Replace("COPY", Path.Combine(box.Folder, "copy.duckdb"), StringComparison.Ordinal)
                .Split(' ');
            var printed = await box.RunAsync([.. args, "--output", "json"]);
            Assert.True(printed.Out.StartsWith('{'), $"{line}: {printed.Text}");
            seen.Add(Expect(line, printed.Out));
        }

        Assert.Superset(
            new HashSet<string>([
                "answer",
                "apply",
                "archive",
                "audit",
                "audit-verdict",
                "check",
                "compact",
                "count",
                "diff",
                "doctor",
                "erase",
                "error",
                "forecast",
                "history",
                "hold",
                "init",
                "plan",
                "policies",
                "policy",
                "repair",
                "run",
                "statements",
                "status",
                "steps",
                "tags",
                "verify",
            ]),
            seen
        );
    }

    /// <summary>What is printed and has no name would be a defect in the moment of printing.</summary>
    [Fact]
    public void Every_document_that_is_printed_has_a_name()
    {
        var cli = Path.Combine(Tool.Repository, "src", "Varve.Cli");
        var formats = File.ReadAllText(Path.Combine(cli, "Json", "DocumentFormats.cs"));
        var printed = Directory
            .EnumerateFiles(Path.Combine(cli, "Commands"), "*.cs")
            .SelectMany(f => Printed().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups["shape"].Value)
            .Distinct()
            .ToList();
        Assert.InRange(printed.Count, 20, 100);
        Assert.All(printed, shape => Assert.Contains($"[typeof({shape})]", formats, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"call\.Print\(\s*(new\s+)?(?<shape>\w+Shape)\b")]
    private static partial Regex Printed();

    [Fact]
    public async Task A_run_tells_what_happens_a_line_each_while_it_goes_on()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes", "--output", "ndjson");
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Text);
        var lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Equal("run-event", Expect("run", line)));
        var events = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal("started", events[0].GetProperty("event").GetString());
        Assert.Equal("ended", events[^1].GetProperty("event").GetString());
        Assert.Equal("done", events[^1].GetProperty("outcome").GetProperty("policies")[0].GetProperty("outcome").GetString());
        var gone = events.Single(e => e.GetProperty("event").GetString() == "step-done" && e.GetProperty("kind").GetString() == "expire");
        Assert.Equal("2025-03-14T12:00:00Z", gone.GetProperty("ranges")[0].GetProperty("to").GetString());

        var wrong = await box.RunAsync("run", "nothing", "--output", "ndjson");
        Assert.Equal(2, wrong.ExitCode);
        Expect("error", wrong.Out);
        Assert.Equal("VRV306", JsonDocument.Parse(wrong.Out).RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Every_column_of_the_catalog_is_described()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var lines = await File.ReadAllLinesAsync(Path.Combine(Tool.Repository, "docs", "json.md"));
        var columns = await box.RunAsync(
            "sql",
            "SELECT table_name, string_agg(column_name, ',' ORDER BY column_index) FROM duckdb_columns() WHERE schema_name = 'varve' AND table_name NOT LIKE 'v\\_%' ESCAPE '\\' GROUP BY 1 ORDER BY 1",
            "--output",
            "tsv",
            "--no-headers"
        );
        var tables = columns
            .Out.TrimEnd('\n')
            .Split('\n')
            .Select(line => line.Split('\t'))
            .ToDictionary(cells => cells[0], cells => cells[1]);
        Assert.True(tables.Count >= 13, columns.Text);
        foreach (var (table, names) in tables)
            Assert.EndsWith(
                $"| {string.Join(", ", names.Split(',').Select(n => $"`{n}`"))} |",
                Assert.Single(lines, l => l.StartsWith($"| `{table}` |", StringComparison.Ordinal)),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void A_document_that_is_not_as_the_schema_says_is_found()
    {
        Assert.False(Read("""{ "format": "varve-tags/1", "tags": [{ "tag": 1, "policies": [] }] }""").IsValid);
        Assert.False(Read("""{ "format": "varve-tags/2", "tags": [] }""").IsValid);
        Assert.False(
            Read(
                """{ "format": "varve-apply/1", "policies": [{ "policy": "p", "revision": 1, "outcome": "Created", "notes": [], "pattern": null }] }"""
            ).IsValid
        );
        Assert.True(
            Read(
                """{ "format": "varve-apply/1", "policies": [{ "policy": "p", "revision": 1, "outcome": "created", "notes": [], "pattern": null }] }"""
            ).IsValid
        );
    }

    private static EvaluationResults Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        return s_schema.Value.Evaluate(document.RootElement.Clone(), new() { OutputFormat = OutputFormat.List });
    }

    /// <summary>The name of the document.</summary>
    private static string Expect(string what, string text)
    {
        var format = JsonDocument.Parse(text).RootElement.GetProperty("format").GetString()!;
        var read = Read(text);
        var name = format["varve-".Length..format.IndexOf('/', StringComparison.Ordinal)];
        var why = read.IsValid
            ? ""
            : string.Join(
                "\n",
                (read.Details ?? [])
                    .Where(d => d.Errors is not null && d.EvaluationPath.ToString().Contains(name, StringComparison.Ordinal))
                    .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}"))
                    .Take(8)
            );
        Assert.True(read.IsValid, $"{what}: {format}\n{why}\n{text[..Math.Min(600, text.Length)]}");
        return name;
    }
}
