namespace Varve.Apps.Tests;

/// <summary>A policy whose table the database cannot answer for is told by name, and ends no other.</summary>
public sealed class BrokenPolicyTests
{
    private const string Policies = """
        policy: broken
        table: m
        time: ts
        series: [host]
        measures: { v: [sum] }
        recheck: 90y
        tiers: [{ every: 1h }]
        ---
        policy: whole
        table: n
        time: ts
        series: [host]
        measures: { v: [sum] }
        recheck: 90y
        tiers: [{ every: 1h }]
        """;

    [Fact]
    public async Task It_is_named_with_its_table_and_column_and_ends_what_is_said_of_no_other()
    {
        using var box = await BrokenAsync();
        string[][] commands =
        [
            ["plan", "--as-of", Sandbox.AsOf],
            ["plan", "--sql", "--as-of", Sandbox.AsOf],
            ["plan", "both.yaml", "--as-of", Sandbox.AsOf],
            ["run", "--as-of", Sandbox.AsOf],
            ["status", "--as-of", Sandbox.AsOf],
            ["status", "--output", "json"],
            ["verify"],
            ["forecast", "--as-of", Sandbox.AsOf],
            ["forecast", "both.yaml", "--as-of", Sandbox.AsOf],
            ["doctor"],
        ];
        foreach (var command in commands)
        {
            var said = await box.RunAsync(command);
            Assert.Contains("whole", said.Out, StringComparison.Ordinal);
            Assert.Contains("VRV409", said.Text, StringComparison.Ordinal);
            Assert.Contains("broken (table m, time ts)", said.Text, StringComparison.Ordinal);
            Assert.Equal((string.Join(' ', command), command[0] == "doctor" ? 5 : 4), (string.Join(' ', command), said.ExitCode));
        }

        var alone = await box.RunAsync("status", "broken");
        Assert.Equal(4, alone.ExitCode);
        Assert.Contains("VRV409: broken (table m, time ts): ", alone.Error, StringComparison.Ordinal);
    }

    /// <summary>Two tables; a sum of the first one has come to more than 38 digits since it was rolled up.</summary>
    private static async Task<Sandbox> BrokenAsync()
    {
        var box = new Sandbox();
        box.Sql(
            "CREATE TABLE m AS SELECT ts, 'a' AS host, 1::HUGEINT AS v FROM range(TIMESTAMP '2025-03-20', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts); CREATE TABLE n AS FROM m"
        );
        box.Write("both.yaml", Policies);
        foreach (var args in new string[][] { ["apply", "both.yaml"], ["run", "--as-of", Sandbox.AsOf] })
        {
            var done = await box.RunAsync(args);
            Assert.True(done.ExitCode == 0, done.Text);
        }

        box.Sql(
            "INSERT INTO m SELECT TIMESTAMP '2025-03-20 12:01', 'a', 99999999999999999999999999999999999999::HUGEINT FROM range(2); INSERT INTO n VALUES (NULL, 'a', 1)"
        );
        return box;
    }
}
