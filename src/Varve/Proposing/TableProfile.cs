using NodaTime;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Proposing;

/// <summary>What was seen of a table before anybody said what it is: the input of every rule of this folder.</summary>
/// <param name="Table">The table as it stands.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Sampled">Rows that were looked at.</param>
/// <param name="Key">The columns of its primary key in order; empty for none.</param>
/// <param name="Columns">Its columns in order.</param>
internal sealed record TableProfile(
    TableDescription Table,
    long Rows,
    long Sampled,
    IReadOnlyList<string> Key,
    IReadOnlyList<ColumnProfile> Columns
)
{
    public ColumnProfile? Find(string name) => Columns.FirstOrDefault(c => c.Column.Name == name);

    public bool InKey(ColumnProfile column) => Key.Contains(column.Column.Name, StringComparer.Ordinal);

    /// <summary>What was looked at, for people: <c>1,000 rows</c>, or <c>a sample of 200,000 rows</c>.</summary>
    public string Seen => Sampled >= Rows ? CommentText.Rows(Sampled) : $"a sample of {CommentText.Rows(Sampled)}";
}

/// <summary>What was seen of one column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Values">Values that are not NULL among the rows that were looked at.</param>
/// <param name="Distinct">Different ones among them; null where it was not counted.</param>
/// <param name="Least">The least of them, of integers only.</param>
/// <param name="Greatest">The greatest of them, of integers only.</param>
internal sealed record ColumnProfile(Column Column, long Values, long? Distinct, double? Least, double? Greatest)
{
    /// <summary>Text, an enumeration or a uuid: what names of things are stored as.</summary>
    public bool IsName => Column.Type is ColumnType.Text || Column.TypeName.Equals("uuid", StringComparison.OrdinalIgnoreCase);

    /// <summary>A timestamp or a date.</summary>
    public bool IsTime => Column.Type is ColumnType.Timestamp or ColumnType.TimestampTz or ColumnType.Date;
}

/// <summary>The rows of a short stretch of time, in the order of time, seen without one column.</summary>
/// <param name="Rows">Rows that were looked at.</param>
/// <param name="Steps">Rows that have one before them among those that agree in all other columns.</param>
/// <param name="Ties">Of these: at the same instant, and of another value.</param>
/// <param name="Changes">Of these: of another value.</param>
internal sealed record Neighbours(long Rows, long Steps, long Ties, long Changes);

/// <summary>How a number moves from one row of a series to its next one, within a short stretch of time.</summary>
/// <param name="Steps">Steps that were looked at.</param>
/// <param name="Changes">Of these: to another value.</param>
/// <param name="Up">Of these: to a greater one.</param>
/// <param name="Down">Of these: to a smaller one.</param>
/// <param name="Differs">Whether there is more than one value, over all series.</param>
internal sealed record Moves(long Steps, long Changes, long Up, long Down, bool Differs)
{
    // Fewer steps than that may go one way by chance.
    private const long LeastSteps = 30;

    // A counter begins again where its device does; that is rare beside its steps.
    private const long StepsForReset = 200;

    /// <summary>It says something of the series and nothing of an instant.</summary>
    public bool IsConstantPerSeries => Steps > 0 && Changes == 0 && Differs;

    /// <summary>It grows in most steps, and goes back hardly ever.</summary>
    public bool IsCounter => Steps >= LeastSteps && Up * 2 > Steps && Down * StepsForReset <= Up;
}

/// <summary>The time from one row of a series to its next one; each quarter of the steps is at most as long as it says.</summary>
/// <param name="Steps">How many steps were looked at.</param>
/// <param name="Quarter">The first quartile.</param>
/// <param name="Median">The median.</param>
/// <param name="ThreeQuarters">The third quartile.</param>
internal sealed record Pace(long Steps, Duration Quarter, Duration Median, Duration ThreeQuarters)
{
    /// <summary>True where half of the steps are within a tenth of the median, and it is a second at least.</summary>
    public bool IsRegular => Median >= Duration.FromSeconds(1) && Quarter * 10 >= Median * 9 && ThreeQuarters * 10 <= Median * 11;
}
