using System.Text;
using Varve.Policies;

namespace Varve.Cli.Backends;

/// <summary>Policies as one text for a server, and the way back from a place in it to the place in a file.</summary>
internal sealed class SentDocuments
{
    private readonly List<(int Line, int Shift, string File)> _starts = [];

    internal SentDocuments(IReadOnlyList<PolicyDocument> documents)
    {
        var text = new StringBuilder();
        foreach (var document in documents)
            text.Append(text.Length == 0 ? "" : "---\n").Append(document.Yaml.TrimEnd('\n')).Append('\n');
        Yaml = text.ToString();
        foreach (var (document, sent) in documents.Zip(PolicyYaml.Parse(Yaml, "")))
        {
            if (document.At("") is { } here && sent.At("") is { } there)
                _starts.Add((there.Line, here.Line - there.Line, here.File));
        }
    }

    /// <summary>All of them, with a line between two.</summary>
    internal string Yaml { get; }

    /// <summary>The same problem at its place in a file.</summary>
    internal Problem Located(Problem problem)
    {
        if (problem.Position is not { } at || _starts.Count == 0)
            return problem;
        var (_, shift, file) = _starts.LastOrDefault(s => s.Line <= at.Line, _starts[0]);
        return problem with { Position = new(file, at.Line + shift, at.Column) };
    }

    internal IReadOnlyList<Problem> Located(IEnumerable<Problem> problems) => [.. problems.Select(Located)];
}
