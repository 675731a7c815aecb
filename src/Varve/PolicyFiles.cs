using System.Text;
using Varve.Policies;

namespace Varve;

/// <summary>Policies from the file system.</summary>
public static class PolicyFiles
{
    private const long Most = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads policies from files and folders; of a folder its *.yaml and *.yml, sorted by name.</summary>
    /// <param name="paths">Files and folders; one that is reached twice is read once.</param>
    /// <returns>The policies of all of them, in that order.</returns>
    /// <exception cref="PolicyException">With every problem of every file, and of the files together.</exception>
    public static IReadOnlyList<PolicyDocument> Read(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<Problem> problems = [];
        List<PolicyDocument> documents = [];
        foreach (var file in paths.SelectMany(path => Files(path, problems)).DistinctBy(Path.GetFullPath, StringComparer.Ordinal).ToList())
        {
            if (Text(file, problems) is { } text)
                documents.AddRange(PolicyYaml.Read(text, file, problems));
        }

        UniquePolicies.Check(documents, problems);
        if (documents.Count == 0 && problems.Count == 0)
        {
            problems.Add(new(PolicyCodes.Unreadable, "No policy file was given. Name a file, or a folder with *.yaml files."));
        }

        return problems.Count == 0 ? documents : throw new PolicyException(PolicyYaml.Ordered(problems));
    }

    private static IEnumerable<string> Files(string path, List<Problem> problems)
    {
        if (!Directory.Exists(path))
            return [path];
        try
        {
            string[] found =
            [
                .. Directory.GetFiles(path).Where(f => Path.GetExtension(f) is ".yaml" or ".yml").Order(StringComparer.Ordinal),
            ];
            if (found.Length == 0)
                problems.Add(Unreadable(path, "There is no *.yaml and no *.yml file in this folder."));
            return found;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            problems.Add(Unreadable(path, $"This folder cannot be read: {broken.Message}"));
            return [];
        }
    }

    private static string? Text(string file, List<Problem> problems)
    {
        try
        {
            if (!File.Exists(file))
            {
                problems.Add(Unreadable(file, "There is no such file or folder."));
                return null;
            }

            if (new FileInfo(file).Length > Most)
            {
                problems.Add(Unreadable(file, "This file is larger than 4 MiB: it is hardly a policy."));
                return null;
            }

            return Utf8.GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            problems.Add(Unreadable(file, "This file is not UTF-8. Save it as UTF-8."));
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            problems.Add(Unreadable(file, $"This file cannot be read: {broken.Message}"));
        }

        return null;
    }

    private static Problem Unreadable(string path, string message) => new(PolicyCodes.Unreadable, message) { Position = new(path, 1, 1) };
}
