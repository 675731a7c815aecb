using System.Text;
using Varve.Policies;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>Writes the policy of a table whose rows only go: how long they stay, and where they are kept before.</summary>
internal static class TtlText
{
    public static string Write(string name, TableName table, TimeColumnChoice time, Keep ttl, string? archive, bool byRows)
    {
        var text = new StringBuilder();
        Line(
            $"# Rows of {CommentText.Name(table.Text)} go {ttl.Text} after their time. Nothing is in force before this is applied: varve check, varve apply, varve plan."
        );
        Line($"policy: {YamlScalar.Write(name)}");
        Line($"table: {YamlScalar.Write(table.Text)}");
        var column = YamlScalar.Write(time.Column.Name);
        Line(time.UnitText is { } unit ? $"time: {{ column: {column}, unit: {unit} }}" : $"time: {column}");
        Line($"keep: {ttl.Text}");
        if (archive is not null)
            Line($"archive: {YamlScalar.Write(archive)}");
        if (!byRows)
            return text.ToString();
        Line("# The table has no partitions by this column, so that rows go one by one. A row that somebody writes to what is just");
        Line("# going may go with it: let nobody write to what is older than keep, or partition the table.");
        Line("source: { expire: rows }");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }
}
