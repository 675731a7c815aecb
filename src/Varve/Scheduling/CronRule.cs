using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace Varve.Scheduling;

/// <summary>A cron expression of five fields, or of six with seconds first, or a word such as <c>@daily</c>.</summary>
public sealed class CronRule : IEquatable<CronRule>
{
    private const char Blank = ' ';

    private CronRule(string text, CronExpression expression) => (Text, Expression) = (text, expression);

    /// <summary>As it was written, blanks made single.</summary>
    public string Text { get; }

    /// <summary>
    /// True where a field of the time of day is a step, a range or a star: such a rule goes on through an hour that exists
    /// twice, one with fixed times fires once in it.
    /// </summary>
    public bool IsInterval => TimeFields.Any(f => f.AsSpan().ContainsAny('*', '-', '/'));

    /// <summary>True where day of month and day of week are both restricted: both are asked for, where crontab(5) takes either.</summary>
    public bool AsksBothDays => Fields is [.., var day, _, var weekday] && !IsAny(day) && !IsAny(weekday);

    internal CronExpression Expression { get; }

    private string[] Fields => Text[0] == '@' ? [] : Text.Split(Blank);

    private string[] TimeFields =>
        Text switch
        {
            "@every_second" or "@every_minute" or "@hourly" => ["*"],
            ['@', ..] => [],
            _ => Fields[..^3],
        };

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="error">What is wrong, and what to write instead.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out CronRule? rule,
        [NotNullWhen(false)] out string? error
    )
    {
        (rule, error) = (null, null);
        var written = string.Join(Blank, (text ?? "").Split([Blank, '\t'], StringSplitOptions.RemoveEmptyEntries));
        var fields = written.Length == 0 ? 0 : written.Split(Blank).Length;
        var isWord = written.StartsWith('@');
        if (isWord ? fields != 1 : fields is not (5 or 6))
        {
            error = FormattableString.Invariant(
                $"\"{text}\" is no cron expression: it has {fields} fields. Write minute, hour, day of month, month, day of week, such as */5 * * * *; with six fields the first is the second."
            );
            return false;
        }

        try
        {
            rule = new(written, CronExpression.Parse(written, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard));
            return true;
        }
        catch (Exception wrong) when (wrong is CronFormatException or MissingSeedException)
        {
            var what = wrong is MissingSeedException ? "H has no meaning here; `jitter` spreads runs" : wrong.Message.TrimEnd('.', ' ');
            error =
                $"\"{text}\" is no cron expression: {what}. Write minute, hour, day of month, month, day of week, such as */5 * * * * or 30 2 * * 1-5.";
            return false;
        }
    }

    /// <summary>Reads what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="FormatException">It is something else; the message says what to write.</exception>
    public static CronRule Parse(string text) => TryParse(text, out var rule, out var error) ? rule : throw new FormatException(error);

    /// <inheritdoc/>
    public bool Equals(CronRule? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CronRule);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool IsAny(string field) => field is "*" or "?";
}
