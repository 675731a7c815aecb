using System.Reflection;
using PublicApiGenerator;

namespace Varve.Tests;

/// <summary>What others may build on, as it was approved last.</summary>
public sealed class PublicSurface
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [Theory]
    [InlineData("Varve")]
    [InlineData("Varve.Client")]
    [InlineData("Varve.CrateDb")]
    [InlineData("Varve.DuckDb")]
    [InlineData("Varve.PostgreSql")]
    [InlineData("Varve.S3")]
    [InlineData("Varve.Hosting")]
    public void Public_surface_is_as_approved(string assembly)
    {
        var received = Assembly.Load(assembly).GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var path = Path.Combine(HouseRulesSource.Root, "tests", "Varve.Tests", "Approvals", $"{assembly}.approved.txt");
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            File.WriteAllText(path, received);
        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (received == approved)
            return;
        Assert.Fail(
            $"""
            The public surface of {assembly} is not what was approved in {Path.GetRelativePath(HouseRulesSource.Root, path)}:

            {Difference(approved, received)}

            If that is meant: VARVE_APPROVE=1 ./test.sh -class Varve.Tests.PublicSurface, and commit the file.
            """
        );
    }

    private static string Difference(string approved, string received)
    {
        var before = approved.Split('\n');
        var after = received.Split('\n');
        var lines = before
            .Except(after)
            .Select(line => $"- {line.Trim()}")
            .Concat(after.Except(before).Select(line => $"+ {line.Trim()}"))
            .ToList();
        return lines.Count == 0 ? "the same lines in another order" : string.Join('\n', lines);
    }
}
