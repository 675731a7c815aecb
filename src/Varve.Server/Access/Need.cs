namespace Varve.Server.Access;

/// <summary>What an endpoint asks of whoever calls it; every endpoint has one, or says that it is open.</summary>
/// <param name="Role">The least role.</param>
/// <param name="IsOpen">True where nobody has to sign in.</param>
/// <param name="OfAllTenants">True where what it answers is not of one tenant.</param>
internal sealed record Need(Role Role, bool IsOpen = false, bool OfAllTenants = false)
{
    /// <summary>Anybody: health, signing in, the files of the pages.</summary>
    internal static Need Nothing { get; } = new(Role.Viewer, IsOpen: true);
}

/// <summary>How an endpoint says what it needs.</summary>
internal static class NeedExtensions
{
    internal static T Needs<T>(this T builder, Role role, bool ofAllTenants = false)
        where T : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new Need(role, OfAllTenants: ofAllTenants)));
        return builder;
    }

    internal static T NeedsNothing<T>(this T builder)
        where T : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(Need.Nothing));
        return builder;
    }
}
