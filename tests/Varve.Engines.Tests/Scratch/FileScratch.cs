namespace Varve.Engines.Tests.Scratch;

/// <summary>A database that can be copied as it is, and handed to another process.</summary>
public abstract class FileScratch : ScratchDatabase
{
    /// <summary>By what another process finds it: a file, or a URL.</summary>
    public abstract string File { get; }

    /// <summary>A folder that belongs to it, and is copied with it.</summary>
    public abstract string Folder { get; }

    /// <summary>A copy; nobody may have it open.</summary>
    public abstract FileScratch Clone();

    /// <summary>Comes back once what a process held that is dead now is given back: a server notices a death a moment later.</summary>
    public virtual Task ReleasedAsync() => Task.CompletedTask;
}
