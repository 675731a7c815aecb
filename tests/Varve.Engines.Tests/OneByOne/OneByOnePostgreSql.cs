using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.OneByOne;

/// <summary>A PostgreSQL database to which Varve talks one statement at a time.</summary>
public sealed class OneByOnePostgreSql : PostgreSqlScratch
{
    public static new ScratchDatabase New() => new OneByOnePostgreSql();

    public override bool HasTransactions => false;

    public override async Task<Database> OpenAsync()
    {
        var database = await base.OpenAsync();
        return new(new OneByOneEngine(database.Engine), database.Name);
    }
}
