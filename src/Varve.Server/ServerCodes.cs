namespace Varve.Server;

/// <summary>The codes of what goes wrong in a server; what goes wrong in a database has its own.</summary>
internal static class ServerCodes
{
    /// <summary>The configuration cannot be read, or says what cannot be.</summary>
    internal const string Configuration = "VRV500";

    /// <summary>The home was written by a newer Varve.</summary>
    internal const string NewerHome = "VRV501";

    /// <summary>Listening there would be open to others, or in clear text.</summary>
    internal const string Exposed = "VRV502";

    /// <summary>Nothing can listen there: another program does, or it takes a right.</summary>
    internal const string CannotListen = "VRV503";

    /// <summary>The home cannot be opened or written.</summary>
    internal const string NoHome = "VRV504";

    /// <summary>A secret is not where the configuration says.</summary>
    internal const string NoSecret = "VRV505";

    /// <summary>The home does not answer at this moment.</summary>
    internal const string HomeAway = "VRV506";

    /// <summary>Another server of the same home leads.</summary>
    internal const string NotLeading = "VRV507";

    /// <summary>Nobody signed in.</summary>
    internal const string Unknown = "VRV510";

    /// <summary>The role does not allow it.</summary>
    internal const string Forbidden = "VRV511";

    /// <summary>There is no such thing, or none that the caller may see.</summary>
    internal const string Missing = "VRV512";

    /// <summary>A write without the revision that was read.</summary>
    internal const string NoPrecondition = "VRV513";

    /// <summary>Somebody changed it since it was read.</summary>
    internal const string Changed = "VRV514";

    /// <summary>A change that removes more waits for a person's word.</summary>
    internal const string RemovesMore = "VRV515";

    /// <summary>A key of idempotency was used for another request.</summary>
    internal const string KeyReused = "VRV516";

    /// <summary>Too many requests, or too many runs that wait.</summary>
    internal const string TooMany = "VRV517";

    /// <summary>The request cannot be read.</summary>
    internal const string BadRequest = "VRV518";

    /// <summary>The connection cannot be kept here.</summary>
    internal const string BadConnection = "VRV519";

    /// <summary>The declaration of a connection does not allow queries.</summary>
    internal const string NoQueries = "VRV521";

    /// <summary>A window of a query took longer than it may.</summary>
    internal const string TimedOut = "VRV522";

    /// <summary>A tenant has all that its quota allows.</summary>
    internal const string OverQuota = "VRV523";

    /// <summary>A tenant sends more requests than its quota allows.</summary>
    internal const string TooFast = "VRV524";

    /// <summary>More requests wait for a database than it answers in time.</summary>
    internal const string Crowded = "VRV525";

    /// <summary>Something that cannot be undone waits for the hash of what goes.</summary>
    internal const string Unconfirmed = "VRV530";

    /// <summary>The state of a thing does not allow what was asked.</summary>
    internal const string Conflict = "VRV520";
}
