namespace Varve.Engines;

/// <summary>The codes of <see cref="EngineException"/>: what the database refused, for every engine in one place.</summary>
public static class EngineCodes
{
    /// <summary>The database refused for a reason that Varve does not tell apart.</summary>
    public const string Refused = "VRV400";

    /// <summary>There is no such database, file or folder.</summary>
    public const string Missing = "VRV401";

    /// <summary>What was named is no database of that kind.</summary>
    public const string NotADatabase = "VRV402";

    /// <summary>The database was written by a newer version of the engine, or by one too old.</summary>
    public const string OtherVersion = "VRV403";

    /// <summary>It can only be read: file rights, or opened so.</summary>
    public const string ReadOnly = "VRV404";

    /// <summary>No room is left on the disk.</summary>
    public const string DiskFull = "VRV405";

    /// <summary>The work did not fit into the memory that the engine may use.</summary>
    public const string OutOfMemory = "VRV406";

    /// <summary>A relation, column or function is not there.</summary>
    public const string Unknown = "VRV407";

    /// <summary>A value does not fit into the type that it is wanted in.</summary>
    public const string Conversion = "VRV408";

    /// <summary>A result is beyond what its type can hold.</summary>
    public const string Overflow = "VRV409";

    /// <summary>Another transaction changed the same rows first; the same call may succeed now.</summary>
    public const string Conflict = "VRV410";

    /// <summary>The database is damaged, or the engine gave up on it until it is opened again.</summary>
    public const string Damaged = "VRV411";

    /// <summary>A rule of the database forbids it: a constraint, or something that depends on what should go.</summary>
    public const string Constraint = "VRV412";

    /// <summary>A name is taken.</summary>
    public const string NameTaken = "VRV413";

    /// <summary>A setting of the connection was refused.</summary>
    public const string Setting = "VRV414";

    /// <summary>The statement was stopped by somebody other than its caller.</summary>
    public const string Interrupted = "VRV415";

    /// <summary>The engine did not understand a statement of Varve's: a defect in Varve.</summary>
    public const string Statement = "VRV416";

    /// <summary>The connection ended in the middle of the work.</summary>
    public const string Lost = "VRV423";

    /// <summary>Another session holds a lock for longer than Varve waits.</summary>
    public const string Locked = "VRV424";

    /// <summary>What was begun does not get on, and is left to go on by itself.</summary>
    public const string Waits = "VRV425";

    /// <summary>The catalog was written by a newer Varve.</summary>
    public const string NewerCatalog = "VRV440";

    /// <summary>Where the catalog would be, there is a table of somebody else.</summary>
    public const string NotACatalog = "VRV441";

    /// <summary>The place of an archive is not there.</summary>
    public const string NoArchive = "VRV460";

    /// <summary>The place of an archive refused: full, read-only, no right, or not reachable.</summary>
    public const string ArchiveRefused = "VRV461";

    /// <summary>The database did not write what it was asked to; nothing of it was kept.</summary>
    public const string NotWritten = "VRV450";
}
