namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A clock by which nothing takes any time; what waits goes on as ever.</summary>
internal sealed class StillClock : TimeProvider
{
    public override long GetTimestamp() => 0;
}
