namespace Varve.Engines;

/// <summary>The codes of what is wrong with a database URL.</summary>
public static class UrlCodes
{
    /// <summary>It is no database URL, or of an engine that does not exist.</summary>
    public const string Scheme = "VRV180";

    /// <summary>A part of it cannot be read: a host, a port, an escape.</summary>
    public const string Part = "VRV181";

    /// <summary>An option is unknown, given twice, or has a value that it cannot have.</summary>
    public const string Option = "VRV182";

    /// <summary>The password could not be had from where the URL says that it is.</summary>
    public const string Password = "VRV183";
}
