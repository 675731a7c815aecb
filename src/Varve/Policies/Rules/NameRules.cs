using System.Text.RegularExpressions;

namespace Varve.Policies;

/// <summary>Names: usable, unique, and each with one role.</summary>
internal static partial class NameRules
{
    internal const string Reserved = "varve_";

    internal static void Check(Policy policy, List<Problem> problems)
    {
        Usable(policy.Name, "policy", problems);
        Usable(policy.Table.Name, "table", problems);
        Usable(policy.Table.Schema, "table", problems);
        Usable(policy.Schema, "schema", problems);
        if (policy.Except.Count > 0 && !policy.Table.IsPattern)
            problems.Add(
                new(
                    PolicyCodes.WrongValue,
                    $"`except` is for patterns, and {policy.Table.Text} is one table. Take it out, or write a pattern: table: {policy.Table.WithName("*").Text.Trim('"')}."
                )
                {
                    Path = "except",
                }
            );
        for (var i = 0; i < policy.Tiers.Count; i++)
            Usable(policy.Tiers[i].Name, TierNames.Path(i, "name"), problems);
        Column(policy.Time, "time", problems);
        Column(policy.Arrival, "arrival", problems);
        for (var i = 0; i < policy.Series.Count; i++)
            Series(policy, i, problems);
        for (var i = 0; i < policy.Tags.Count; i++)
            Tag(policy, i, problems);
        if (policy.Archive is { To: var to } && !Place().IsMatch(to))
        {
            problems.Add(
                new(
                    PolicyCodes.ArchiveName,
                    $"`archive` goes to \"{to}\", which is no name of a location. Write the name under which the operator declares it: letters, digits, and any of _ - . inside; never a path."
                )
                {
                    Path = "archive.to",
                }
            );
        }

        MeasureRules.Check(policy, problems);
    }

    internal static void Column(string? name, string path, List<Problem> problems)
    {
        Usable(name, path, problems);
        if (name?.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase) == true)
        {
            problems.Add(
                new(PolicyCodes.Reserved, $"`{name}` starts with {Reserved}, which is for columns of Varve's own. Rename it.")
                {
                    Path = path,
                }
            );
        }
    }

    private static void Usable(string? name, string path, List<Problem> problems)
    {
        if (name is null)
            return;
        if (name.Length == 0)
        {
            problems.Add(new(PolicyCodes.Reserved, $"`{path}` is an empty name. Write one.") { Path = path });
        }
        else if (name.Contains('\0', StringComparison.Ordinal) || !IsUnicode(name))
        {
            problems.Add(
                new(
                    PolicyCodes.Reserved,
                    $"`{path}` holds a character that no database takes in a name (NUL, or half of a surrogate pair). Take it out."
                )
                {
                    Path = path,
                }
            );
        }
    }

    private static bool IsUnicode(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static void Series(Policy policy, int index, List<Problem> problems)
    {
        var (name, path) = (policy.Series[index], PolicyReader.Element("series", index));
        Column(name, path, problems);
        if (name == policy.Time)
        {
            problems.Add(
                new(PolicyCodes.TwoRoles, $"`{name}` is the time column and a series column. Take it out of `series`.") { Path = path }
            );
        }
        else if (policy.Series.Take(index).Contains(name, StringComparer.Ordinal))
        {
            problems.Add(new(PolicyCodes.NotUnique, $"`{name}` is listed twice in `series`. Keep one.") { Path = path });
        }
    }

    private static void Tag(Policy policy, int index, List<Problem> problems)
    {
        var (tag, path) = (policy.Tags[index], PolicyReader.Element("tags", index));
        if (!Word().IsMatch(tag))
        {
            problems.Add(
                new(PolicyCodes.Tag, $"The tag \"{tag}\" is not a word. Use letters, digits, and any of _ - . : / inside.") { Path = path }
            );
        }
        else if (policy.Tags.Take(index).Contains(tag, StringComparer.Ordinal))
        {
            problems.Add(new(PolicyCodes.NotUnique, $"The tag `{tag}` is listed twice. Keep one.") { Path = path });
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    [GeneratedRegex(@"\A[\p{L}\p{M}\p{Nd}_]([\p{L}\p{M}\p{Nd}_.:/-]*[\p{L}\p{M}\p{Nd}_])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
