namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>The stand-in that executes does what is asked of a real cluster.</summary>
public sealed class ExecutingClusterTests : ClusterSuite
{
    private ExecutingCrate? _crate;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_crate is not null)
            await _crate.DisposeAsync();
    }

    protected override async Task<string> UrlAsync() => (_crate = await ExecutingCrate.StartAsync()).Url;
}
