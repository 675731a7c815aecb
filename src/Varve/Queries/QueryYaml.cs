using Varve.Policies;

namespace Varve.Queries;

/// <summary>Queries as people write them: YAML, one or several documents in a text.</summary>
internal static class QueryYaml
{
    /// <summary>Reads the queries of a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What it is called in messages; empty for text that came from elsewhere.</param>
    /// <returns>At least one, sound by every rule that needs no table.</returns>
    /// <exception cref="PolicyException">With every problem of the text, each with its line and column.</exception>
    internal static IReadOnlyList<QueryDocument> Parse(string yaml, string file)
    {
        List<Problem> problems = [];
        var documents = Read(yaml, file, problems);
        return problems.Exists(p => !p.IsWarning)
            ? throw new PolicyException(PolicyYaml.Ordered(problems.Where(p => !p.IsWarning)))
            : documents;
    }

    /// <summary>Whether a text is about queries, also one that cannot be read.</summary>
    internal static bool IsAboutQueries(string yaml) => yaml.Split('\n').Any(line => line.StartsWith("query:", StringComparison.Ordinal));

    internal static IReadOnlyList<QueryDocument> Read(string yaml, string file, List<Problem> problems)
    {
        var known = problems.Count;
        List<QueryDocument> documents = [];
        foreach (var part in YamlComposer.Compose(yaml, file, problems))
        {
            if (part.Root is YamlNode.Scalar { IsNull: true })
                continue;
            List<Problem> own = [];
            if (new QueryReader(part.Root, new(own), yaml).Read() is { } query)
                documents.Add(new(query, part.Text));
            problems.AddRange(own);
        }

        foreach (var twice in documents.GroupBy(d => d.Query.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            problems.Add(new(PolicyCodes.NotUnique, $"The query {twice.Key} stands twice in it.") { Position = new(file, 1, 1) });
        if (documents.Count == 0 && problems.Count == known)
            problems.Add(
                new(PolicyCodes.MissingKey, "There is no query in it. A query has at least `query`, `sql` and `schedule`.")
                {
                    Position = new(file, 1, 1),
                }
            );
        return documents;
    }
}
