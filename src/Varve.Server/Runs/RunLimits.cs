using Varve.Server.Home;

namespace Varve.Server.Runs;

/// <summary>How many runs may be under way.</summary>
/// <param name="AtOnce">In all.</param>
/// <param name="OfConnection">Of one database.</param>
/// <param name="TenantOf">Whose a database is.</param>
/// <param name="OfTenant">Of one tenant; null: as many as there can be.</param>
internal sealed record RunLimits(int AtOnce, Func<string, int> OfConnection, Func<string, string> TenantOf, Func<string, long?> OfTenant)
{
    /// <summary>Why a run is held back whatever else is under way; null where it is not.</summary>
    public Func<ServerRun, string?> Held { get; init; } = _ => null;
}
