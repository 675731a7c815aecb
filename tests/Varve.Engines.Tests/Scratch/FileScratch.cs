namespace Varve.Engines.Tests.Scratch;

/// <summary>A database that is a file, so that it can be copied and handed to another process.</summary>
public abstract class FileScratch : ScratchDatabase
{
    public abstract string File { get; }

    /// <summary>A copy; nobody may have it open.</summary>
    public abstract FileScratch Clone();
}
