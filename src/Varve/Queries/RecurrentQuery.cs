using NodaTime;
using Varve.Policies;
using Varve.Scheduling;
using Varve.Sql;
using Varve.Time;

namespace Varve.Queries;

/// <summary>A statement of a person that is done for one window of time after the other. A value.</summary>
internal sealed record RecurrentQuery
{
    /// <summary>The longest that one window may take where nothing is said.</summary>
    internal static readonly Keep UsualTimeout = Keep.Parse("1h");

    /// <summary>Its name, unique in a database.</summary>
    public required string Name { get; init; }

    /// <summary>The statement.</summary>
    public required OperatorSql Sql { get; init; }

    /// <summary>When windows end; it names no start and no end.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>The zone whose clock windows follow where the schedule names none.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>
    /// The first window begins there, or at the first instant of the schedule behind it; null: at the one before it is stored.
    /// </summary>
    public ScheduleMoment? Start { get; init; }

    /// <summary>No window ends after it; null: no bound.</summary>
    public ScheduleMoment? End { get; init; }

    /// <summary>Which of the windows that were missed are done.</summary>
    public Catchup Catchup { get; init; }

    /// <summary>How often a window that failed is tried again.</summary>
    public int Retries { get; init; }

    /// <summary>How long one window may take.</summary>
    public Keep Timeout { get; init; } = UsualTimeout;

    /// <summary>Where the rows go; null: the statement is run as it is.</summary>
    public TableName? Into { get; init; }

    /// <summary>How they get there.</summary>
    public WindowWriting Write { get; init; }

    /// <summary>The column of the target that says in which window a row is; null where rows are added.</summary>
    public string? Time { get; init; }

    /// <summary>Words by which people find it.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The instants of its schedule.</summary>
    public QueryTimes Times() => new(this);
}

/// <summary>Which of the windows that were missed are done.</summary>
internal enum Catchup
{
    /// <summary>Each, oldest first.</summary>
    All,

    /// <summary>The newest.</summary>
    Latest,

    /// <summary>None: the next one that ends.</summary>
    None,
}

/// <summary>How rows get into their table.</summary>
internal enum WindowWriting
{
    /// <summary>They are added, once for each window.</summary>
    Append,

    /// <summary>They take the place of what the window holds.</summary>
    Replace,
}

/// <summary>A query as it was written.</summary>
/// <param name="Query">What it says.</param>
/// <param name="Yaml">The text of this one query, as written.</param>
internal sealed record QueryDocument(RecurrentQuery Query, string Yaml);
