using System.Runtime.InteropServices;

namespace Varve.Archiving;

/// <summary>What is written here is on the disk afterwards: files, and on systems where that is apart the names in a folder.</summary>
internal static class DurableFiles
{
    public static void File(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        file.Flush(flushToDisk: true);
    }

    /// <summary>.NET opens no folders, so the system is asked itself. Windows writes names through with the file.</summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(path, flags: 0);
        if (handle < 0)
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        try
        {
            if (Sync(handle) < 0 && Marshal.GetLastPInvokeError() is var error && error != InvalidArgument)
                throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            Close(handle);
        }
    }

    // A file system that cannot sync a folder says EINVAL; it has nothing to sync.
    private const int InvalidArgument = 22;

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
