using Varve.Engines;

namespace Varve.DuckDb;

/// <summary>What DuckDB says of files, disks and memory that the operating system refused.</summary>
internal static class DuckDbFileErrors
{
    private static readonly (string Words, string Code, string Message)[] s_known =
    [
        (
            "not a valid DuckDB database file",
            EngineCodes.NotADatabase,
            "the file is no DuckDB database. Check the path; an empty or cut file is none either."
        ),
        (
            "storage version greater than",
            EngineCodes.OtherVersion,
            "the file was written by a newer DuckDB. Use a Varve that has that DuckDB, or export and import the database with the old one."
        ),
        (
            "database file with version number",
            EngineCodes.OtherVersion,
            "the file was written by another version of DuckDB, which this one cannot read. Export it with that version (EXPORT DATABASE) and import it with this one."
        ),
        ("in read-only mode: database does not exist", EngineCodes.Missing, "there is no such database. Check the path."),
        (
            "No space left",
            EngineCodes.DiskFull,
            "no room is left on the disk. Nothing of this step was kept. Make room, or set a temporary folder elsewhere, then run again."
        ),
        (
            "Disk quota exceeded",
            EngineCodes.DiskFull,
            "the disk quota is used up. Nothing of this step was kept. Make room, then run again."
        ),
        (
            "File too large",
            EngineCodes.DiskFull,
            "the file may not grow any further: a limit of the file system or of this process. Nothing of this step was kept. Raise the limit, then run again."
        ),
        (
            "failed to offload data block",
            EngineCodes.DiskFull,
            "the temporary folder is full. Make room, raise max_temp_directory_size, or raise memory_limit."
        ),
        (
            "Could not write",
            EngineCodes.DiskFull,
            "the file could not be written. Nothing of this step was kept. Look for a full disk or a file size limit, then run again."
        ),
        ("Read-only file system", EngineCodes.ReadOnly, "the file system is read-only. Open the database with ReadOnly, or move it."),
        (
            "Permission denied",
            EngineCodes.ReadOnly,
            "this user may not open the file: not read it or, where a command writes, not write it or its folder (DuckDB writes a .wal beside it). Give it the right."
        ),
        ("No such file or directory", EngineCodes.Missing, "there is no such file or folder. Check the path."),
        ("Is a directory", EngineCodes.NotADatabase, "that is a folder, not a DuckDB file. Name the file in it."),
        (
            "File locks are not supported",
            EngineCodes.ReadOnly,
            "the file system has no locks, so DuckDB does not write there. Move the file to a local disk, or open it with ReadOnly."
        ),
        (
            "Corrupt",
            EngineCodes.Damaged,
            "the file is damaged. Restore it from a backup; a copy that was made while it was open is often damaged, too."
        ),
        (
            "has been invalidated",
            EngineCodes.Damaged,
            "DuckDB stopped after an earlier error. Open the database again; what was committed is there."
        ),
        (
            "failed to allocate",
            EngineCodes.OutOfMemory,
            "the work did not fit into memory. Raise memory_limit (duckdb:FILE?memory_limit=2GB), or use fewer threads (threads=1)."
        ),
        (
            "could not allocate",
            EngineCodes.OutOfMemory,
            "the work did not fit into memory. Raise memory_limit (duckdb:FILE?memory_limit=2GB), or use fewer threads (threads=1)."
        ),
        (
            "failed to pin",
            EngineCodes.OutOfMemory,
            "the work did not fit into memory. Raise memory_limit (duckdb:FILE?memory_limit=2GB), or use fewer threads (threads=1)."
        ),
        (
            "Could not set lock",
            EngineCodes.ReadOnly,
            "the file could not be locked. Is it on a network disk without locks? Move it to a local one, or open it with ReadOnly."
        ),
    ];

    private const string Commit = "Failed to commit: ";

    // What a commit that failed goes on with where the file was in the way. A constraint quotes a value there.
    private static readonly string[] s_commits = ["Could not ", "could not ", "Cannot open file", "failed to ", "Failed to "];

    public static (string Code, string Message)? Read(string text)
    {
        // A value of a row could hold such words; errors of statements are told apart by their type instead.
        if (
            !text.Contains("IO Error", StringComparison.Ordinal)
            && !text.Contains("Out of Memory", StringComparison.Ordinal)
            && !text.Contains("FATAL", StringComparison.Ordinal)
            && !text.Contains("Serialization Error", StringComparison.Ordinal)
            && !IsOfCommit(text)
        )
            return null;
        foreach (var (words, code, message) in s_known)
            if (text.Contains(words, StringComparison.Ordinal))
                return (code, message);
        return null;
    }

    private static bool IsOfCommit(string text)
    {
        var at = text.IndexOf(Commit, StringComparison.Ordinal);
        return at >= 0 && Array.Exists(s_commits, words => text.AsSpan(at + Commit.Length).StartsWith(words, StringComparison.Ordinal));
    }
}
