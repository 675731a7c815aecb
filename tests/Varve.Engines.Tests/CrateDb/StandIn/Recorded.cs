using System.Text.Json;
using System.Text.Json.Nodes;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// Requests and answers as they were on CrateDB 6.4.3, one node and three nodes. Long answers were shortened: their last row is left out.
/// </summary>
internal static class Recorded
{
    private static readonly Lazy<IReadOnlyList<Exchange>> s_all = new(Read);

    /// <summary>Every exchange, in the order in which they happened.</summary>
    internal static IReadOnlyList<Exchange> All => s_all.Value;

    /// <summary>The first one of that topic (its beginning) and label.</summary>
    internal static Exchange Of(string topic, string label) =>
        All.FirstOrDefault(e => e.Topic.StartsWith(topic, StringComparison.Ordinal) && e.Label == label)
        ?? throw new InvalidOperationException($"Nothing was recorded as {topic}: {label}");

    private static IReadOnlyList<Exchange> Read() =>
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "CrateDb", "Recorded", "answers.jsonl"))
                .Select(line =>
                {
                    var node = JsonNode.Parse(line)!;
                    var answer = node["answer"]!;
                    if (
                        answer["rows"] is JsonArray { Count: > 0 } rows
                        && rows[^1] is JsonValue last
                        && last.GetValueKind() == JsonValueKind.String
                    )
                        rows.RemoveAt(rows.Count - 1);
                    return new Exchange(
                        (string)node["topic"]!,
                        (string)node["label"]!,
                        (string)node["request"]!["stmt"]!,
                        (int)node["http"]!,
                        answer.ToJsonString()
                    );
                }),
        ];
}

/// <summary>One request and what came back.</summary>
/// <param name="Topic">What was being tried.</param>
/// <param name="Label">What this one was about.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Http">The status.</param>
/// <param name="Body">The answer as JSON.</param>
internal sealed record Exchange(string Topic, string Label, string Statement, int Http, string Body)
{
    internal Reply Reply => new(Http, Body);
}
