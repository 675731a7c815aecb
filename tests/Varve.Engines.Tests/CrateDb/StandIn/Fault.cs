namespace Varve.Engines.Tests.CrateDb;

/// <summary>How the stand-in fails a request.</summary>
internal enum Fault
{
    None,

    /// <summary>The connection is cut before anything was done.</summary>
    LostBefore,

    /// <summary>It was done, and the connection is cut before the answer.</summary>
    LostAfter,

    /// <summary>The answer is cut in the middle.</summary>
    Cut,

    /// <summary>The request is read and nothing is ever said.</summary>
    Silent,

    /// <summary>The answer ends the connection, as an idle timeout or a restart would.</summary>
    Closes,
}
