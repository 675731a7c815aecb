using Varve.Cli.Commands;
using Varve.Policies;

namespace Varve.Cli;

/// <summary>A file that somebody asked for: looked at before the work, and written after it.</summary>
internal static class OutputFile
{
    /// <summary>The whole path of a file whose folder is there.</summary>
    /// <exception cref="PolicyException">It can be no file: nothing was done yet.</exception>
    internal static string Path(string option, string file)
    {
        if (string.IsNullOrWhiteSpace(file))
            throw CommonOptions.Usage($"{option} names no file.");
        var path = System.IO.Path.GetFullPath(file);
        if (Directory.Exists(path))
            throw CommonOptions.Usage($"{option} {file} is a folder. Name a file in it.");
        if (System.IO.Path.GetDirectoryName(path) is var folder && !Directory.Exists(folder))
            throw CommonOptions.Usage($"{option} {file}: there is no folder {folder}. Make it first, or name another one.");
        return path;
    }

    /// <exception cref="PolicyException">It cannot be written; the message says why.</exception>
    internal static async Task WriteAsync(string option, string path, string text)
    {
        try
        {
            await File.WriteAllTextAsync(path, text, CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(option, path, error);
        }
    }

    /// <summary>The same for what is written by somebody else.</summary>
    internal static PolicyException Unwritten(string option, string path, Exception error) =>
        CommonOptions.Usage($"{option} {path} could not be written: {Reason(error)} Name another path.");

    // The system says of a file that it may not make in a folder that it is not there.
    private static string Reason(Exception error) =>
        error switch
        {
            FileNotFoundException or DirectoryNotFoundException => "no file can be made there.",
            UnauthorizedAccessException => "this user has no right to.",
            _ => $"{error.Message.TrimEnd('.', ' ')}.",
        };
}
