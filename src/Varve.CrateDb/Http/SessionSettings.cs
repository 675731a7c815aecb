using System.Text.RegularExpressions;
using Varve.Sql;

namespace Varve.CrateDb.Http;

/// <summary>
/// What is set on a connection before its first statement. CrateDB keeps settings per connection, and forgets them with it.
/// </summary>
internal sealed partial record SessionSettings
{
    /// <summary>An INSERT … SELECT fails where one of its rows does, instead of leaving it out. Never off where Varve writes.</summary>
    public bool FailsFast { get; init; } = true;

    /// <summary>How long the server works on a statement; null: as long as it takes.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>
    /// Stands in a comment before every statement, so that it is found in sys.jobs when its client is gone: run and step.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>The statements that make it so.</summary>
    public IReadOnlyList<SqlText> Statements =>
        [
            FailsFast ? (SqlText)$"SET SESSION insert_select_fail_fast = true" : $"SET SESSION insert_select_fail_fast = false",
            .. StatementTimeout is { } limit ? [$"SET SESSION statement_timeout = {Milliseconds(limit)}"] : Array.Empty<SqlText>(),
        ];

    /// <summary>The comment of the tag; empty without one.</summary>
    /// <exception cref="ArgumentException">The tag has characters that a comment might end with.</exception>
    public string Comment =>
        Tag is null ? ""
        : Plain().IsMatch(Tag) ? $"/* varve {Tag} */ "
        : throw new ArgumentException($"A tag is letters, digits and . : _ -, and at most 100 of them: {Tag}");

    private static string Milliseconds(TimeSpan limit) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(long)limit.TotalMilliseconds}ms");

    [GeneratedRegex(@"\A[A-Za-z0-9.:_-]{1,100}\z")]
    private static partial Regex Plain();
}
