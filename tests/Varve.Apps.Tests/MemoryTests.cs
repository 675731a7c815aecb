using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary>What the program is told of memory before it begins.</summary>
public sealed class MemoryTests
{
    /// <summary>
    /// Without a bound it is the cache of the processor that decides how much garbage lies about before it is collected: a client
    /// that streams rows would take 80 MB more on a server with a large one. Machines with a small cache would never show it.
    /// </summary>
    [Fact]
    public void Garbage_is_bounded_whatever_the_processor_has_for_a_cache()
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(Tool.Dll, "runtimeconfig.json")));
        var budget = config
            .RootElement.GetProperty("runtimeOptions")
            .GetProperty("configProperties")
            .GetProperty("System.GC.Gen0MaxBudget")
            .GetInt64();
        Assert.InRange(budget, 1 << 20, 8 << 20);
    }
}
