using System.Globalization;
using Varve.Cli.Commands;

namespace Varve.Cli;

/// <summary>Files of policies that a command makes.</summary>
internal static class PolicyFolder
{
    /// <summary>A file for each policy; two that would have one name, or the same in another case, are told apart by a number.</summary>
    internal static IReadOnlyList<string> Files(string folder, IEnumerable<string> policies)
    {
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        List<string> files = [];
        foreach (var policy in policies)
        {
            var name = string.Concat(policy.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')).TrimStart('.');
            if (name.Length == 0)
                name = "policy";
            var unique = name;
            for (var i = 2; !taken.Add(unique); i++)
                unique = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
            files.Add(Path.Combine(folder, $"{unique}.yaml"));
        }

        return files;
    }

    /// <summary>Before anything is written: all of the files, or none.</summary>
    /// <exception cref="PolicyException">One is there already.</exception>
    internal static void Free(IReadOnlyList<string> files)
    {
        var there = files.Where(File.Exists).ToList();
        if (there.Count == 0)
            return;
        throw CommonOptions.Usage(
            $"{string.Join(", ", there)} {(there.Count == 1 ? "is" : "are")} there already, and nothing was written. "
                + "Name another place with --out, or say --force to overwrite."
        );
    }
}
