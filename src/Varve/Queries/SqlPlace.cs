using Varve.Policies;

namespace Varve.Queries;

/// <summary>Where in a file a place of a statement is that YAML has unfolded.</summary>
internal static class SqlPlace
{
    /// <param name="file">The text of the file.</param>
    /// <param name="at">Where the value begins in it.</param>
    /// <param name="sql">The value.</param>
    /// <param name="offset">The place in the value.</param>
    internal static SourcePosition Of(string file, SourcePosition at, string sql, int offset)
    {
        var lines = file.Split('\n');
        var before = sql[..Math.Min(offset, sql.Length)];
        var (down, across) = (before.Count(c => c == '\n'), before.Length - before.LastIndexOf('\n') - 1);
        var first = at.Line <= lines.Length && at.Column <= lines[at.Line - 1].Length ? lines[at.Line - 1][at.Column - 1] : ' ';
        if (first is '|')
        {
            var line = at.Line + 1 + down;
            var body = lines.Skip(at.Line).FirstOrDefault(l => l.Trim().Length > 0) ?? "";
            return at with { Line = line, Column = body.Length - body.TrimStart().Length + across + 1 };
        }

        // A value in one line is where it says; one that was folded begins there.
        return down > 0 || first is '>' ? at : at with { Column = at.Column + across + (first is '"' or '\'' ? 1 : 0) };
    }
}
