using System.Text.RegularExpressions;
using Varve.Policies;

namespace Varve.CrateDb;

/// <summary>
/// Statements about one row of Varve's own books by its whole primary key. CrateDB looks such a row up as it is now, so that
/// nothing has to be refreshed before.
/// </summary>
internal static partial class KeyLookup
{
    private static readonly Dictionary<string, string[]> s_keys = new(StringComparer.Ordinal)
    {
        ["meta"] = ["name"],
        ["ledgers"] = ["policy"],
        ["runs"] = ["run"],
        ["steps"] = ["run", "ordinal"],
        ["leases"] = ["policy"],
    };

    private static readonly string[] s_version = ["_seq_no", "_primary_term"];

    /// <summary>
    /// True where a statement says the whole key of a row and nothing else: any other condition is tested on what was refreshed
    /// last.
    /// </summary>
    public static bool Is(string statement, TableName table)
    {
        if (!s_keys.TryGetValue(table.Name, out var key))
            return false;
        if (Where().Split(statement) is not [_, var condition])
            return false;
        var named = condition.Split(" RETURNING ")[0].Trim().Split(" AND ").Select(c => Equal().Match(c)).ToList();
        return named.TrueForAll(m => m.Success)
            && named
                .Select(m => m.Groups["column"].Value)
                .Except(s_version)
                .Order(StringComparer.Ordinal)
                .SequenceEqual(key.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\sWHERE\s")]
    private static partial Regex Where();

    [GeneratedRegex("""^"?(?<column>[a-z_]+)"? = [^ ]+$""")]
    private static partial Regex Equal();
}
