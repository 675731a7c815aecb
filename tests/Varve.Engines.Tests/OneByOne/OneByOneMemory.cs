using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.OneByOne;

/// <summary>A DuckDB database in memory to which Varve talks one statement at a time.</summary>
public sealed class OneByOneMemory : DuckDbMemory
{
    public static new ScratchDatabase New() => new OneByOneMemory();

    public override bool HasTransactions => false;

    public override async Task<Database> OpenAsync()
    {
        var database = await base.OpenAsync();
        return new(new OneByOneEngine(database.Engine), database.Name);
    }
}
