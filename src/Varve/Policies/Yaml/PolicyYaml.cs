namespace Varve.Policies;

/// <summary>Policies as people write them: YAML 1.2, one or several documents in a file.</summary>
public static class PolicyYaml
{
    // What can be said about one value although another one is wrong.
    private static readonly HashSet<string> Local = new(StringComparer.Ordinal)
    {
        PolicyCodes.UnknownZone,
        PolicyCodes.Tag,
        PolicyCodes.Reserved,
        PolicyCodes.NotUnique,
        PolicyCodes.WrongValue,
    };

    /// <summary>Reads the policies of one text: documents separated by <c>---</c>, or a list of policies.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What it is called in messages; empty for text that came from elsewhere.</param>
    /// <returns>At least one policy, in the order of the text, sound by every rule that needs no table.</returns>
    /// <exception cref="PolicyException">With every problem of the text, each with its line and column.</exception>
    public static IReadOnlyList<PolicyDocument> Parse(string yaml, string file)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentNullException.ThrowIfNull(file);
        List<Problem> problems = [];
        var documents = Read(yaml, file, problems);
        UniquePolicies.Check(documents, problems);
        return problems.Count == 0 ? documents : throw new PolicyException(Ordered(problems));
    }

    internal static IReadOnlyList<PolicyDocument> Read(string yaml, string file, List<Problem> problems)
    {
        var known = problems.Count;
        List<PolicyDocument> documents = [];
        foreach (var part in YamlComposer.Compose(yaml, file, problems).SelectMany(Policies))
        {
            // A document that is only comments, as at the end of a file.
            if (part.Root is YamlNode.Scalar { IsNull: true })
                continue;
            documents.AddRange(One(part, problems));
        }

        if (documents.Count == 0 && problems.Count == known)
        {
            problems.Add(
                new(PolicyCodes.MissingKey, "There is no policy in it. A policy has at least `table`, `time`, and `keep` or `tiers`.")
                {
                    Position = new(file, 1, 1),
                }
            );
        }

        return documents;
    }

    internal static IReadOnlyList<Problem> Ordered(IEnumerable<Problem> problems) =>
        [.. problems.OrderBy(p => p.Position?.File, StringComparer.Ordinal).ThenBy(p => p.Position?.Line).ThenBy(p => p.Position?.Column)];

    private static IEnumerable<PolicyDocument> One(YamlPart part, List<Problem> problems)
    {
        List<Problem> read = [];
        var reading = new PolicyReading(read);
        var document = PolicyReader.Read(part.Root, reading) is { } policy
            ? new PolicyDocument(policy, part.Text, reading.Positions)
            : null;
        problems.AddRange(read);
        if (document is null)
            return [];

        // Nothing is said twice: a list that is empty because its only entry was refused is not an empty list.
        bool Follows(Problem rule) => read.Any(p => p.Path.StartsWith(rule.Path, StringComparison.Ordinal));
        bool Holds(Problem rule) => !rule.IsWarning && !Follows(rule) && (!reading.IsSpoiled || Local.Contains(rule.Code));
        problems.AddRange(document.Locate(PolicyRules.Check(document.Policy)).Where(Holds));
        return [document];
    }

    private static IEnumerable<YamlPart> Policies(YamlPart part) =>
        part.Root is not YamlNode.Sequence { Items.Count: > 0 } list
            ? [part]
            : list.Items.Select((item, i) => new YamlPart(item, Cut(part.Text, list, i)));

    // The text of one entry of a list, indented as it was, so that it is YAML again.
    private static string Cut(string text, YamlNode.Sequence list, int index)
    {
        var lines = text.Split('\n');
        var skipped = list.Position.Line - 1 - Array.FindIndex(lines, line => line.TrimStart() is ['-', ..]);
        var from = list.Items[index].Position.Line - 1 - skipped;
        var to = index + 1 < list.Items.Count ? list.Items[index + 1].Position.Line - 1 - skipped : lines.Length;
        if (from < 0 || to <= from || to > lines.Length)
            return text;
        var blank = new string(' ', list.Items[index].Position.Column - 1);
        lines[from] = blank + lines[from][Math.Min(blank.Length, lines[from].Length)..];
        return string.Join('\n', lines[from..to]).TrimEnd();
    }
}
