namespace Varve.Engines;

/// <summary>The codes of what only a database server can refuse: the network, a login, a right, a cluster that is not whole.</summary>
public static class ServerCodes
{
    /// <summary>No server answered. Nothing was sent.</summary>
    public const string Unreachable = "VRV470";

    /// <summary>The server does not know the user, or not with this password or token.</summary>
    public const string Login = "VRV471";

    /// <summary>The user has no right to what was asked.</summary>
    public const string NoRight = "VRV472";

    /// <summary>The connection could not be made safe: a certificate that nobody vouches for, or a server without TLS.</summary>
    public const string Unsafe = "VRV473";

    /// <summary>The connection broke, or the time was over, after a statement was sent: whether it was done is not known.</summary>
    public const string AnswerLost = "VRV474";

    /// <summary>
    /// The server is there, but not ready: it starts, has no master, or copies of the data are missing. It is worth waiting.
    /// </summary>
    public const string NotReady = "VRV475";

    /// <summary>
    /// A table or partition may not be written to, read or removed: somebody closed or sealed it, or the disk is nearly full.
    /// </summary>
    public const string Blocked = "VRV476";

    /// <summary>The server has too much to do.</summary>
    public const string Overloaded = "VRV477";

    /// <summary>What should go is in a snapshot that is still being taken.</summary>
    public const string InSnapshot = "VRV478";

    /// <summary>What answered is not the server that the URL speaks of.</summary>
    public const string NoSuchServer = "VRV479";

    /// <summary>A pooler gives the sessions of a client to others between two transactions.</summary>
    public const string SharedSession = "VRV480";
}
