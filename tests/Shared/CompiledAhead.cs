using System.Collections.Concurrent;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Varve;

/// <summary>Programs that tests start as processes: as <c>test.sh</c> compiled them ahead of time, else as they were built.</summary>
internal static class CompiledAhead
{
    private const string Variable = "VARVE_TEST_AHEAD";

    private static readonly ConcurrentDictionary<string, string> Programs = new();

    /// <param name="built">The program in the folder of its build.</param>
    /// <exception cref="InvalidOperationException">What is compiled ahead is not of this build.</exception>
    internal static string Of(string built) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder
            ? Programs.GetOrAdd(built, _ => Checked(built, folder))
            : built;

    /// <summary>The same, from a folder that is said.</summary>
    internal static string Checked(string built, string folder)
    {
        var program = Path.Combine(folder, Path.GetFileName(built));
        foreach (var one in Directory.GetFiles(Path.GetDirectoryName(built)!, "Varve*.dll"))
        {
            var ahead = Path.Combine(folder, Path.GetFileName(one));
            if (one == built ? !File.Exists(ahead) || Module(ahead) != Module(one) : File.Exists(ahead) && Module(ahead) != Module(one))
                throw new InvalidOperationException(
                    $"{ahead}, which {Variable} names, is not compiled from {one}: a test on it would say nothing. Run ./test.sh, which makes it anew, or unset {Variable}."
                );
        }

        return program;
    }

    // A compiler gives each result a name of its own, and keeps it where code is only added to it.
    private static Guid Module(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        var metadata = reader.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }
}
