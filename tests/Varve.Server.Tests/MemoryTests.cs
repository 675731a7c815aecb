namespace Varve.Server.Tests;

/// <summary>When a server gives memory back.</summary>
public sealed class MemoryTests
{
    private const long Little = Memory.Rest.Quiet;

    [Fact]
    public void It_is_given_back_once_after_work_when_it_is_quiet_and_not_while_something_is_under_way()
    {
        var rest = new Memory.Rest(0);
        Assert.False(rest.Begins(isBusy: false, Little));
        var worked = Memory.Rest.Work + (2 * Little);
        Assert.False(rest.Begins(isBusy: false, worked));
        Assert.False(rest.Begins(isBusy: true, worked + 1));
        Assert.True(rest.Begins(isBusy: false, worked + Little));
        Assert.False(rest.Begins(isBusy: false, worked + Little));
        Assert.False(rest.Begins(isBusy: false, worked + (2 * Little)));
        Assert.False(rest.Begins(isBusy: false, (2 * worked) + (2 * Little)));
        Assert.True(rest.Begins(isBusy: false, (2 * worked) + (2 * Little)));
    }
}
