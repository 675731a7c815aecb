namespace Varve.Engines.Tests.Kills;

/// <summary>The end of a process, as seen from inside: nothing works any more.</summary>
public sealed class DeathException() : Exception("The process is dead.");

/// <summary>When, around a statement or a commit, the end comes.</summary>
public enum Moment
{
    BeforeStatement,
    AfterStatement,
    AfterCommit,
}

/// <summary>
/// Counts the statements of a run and ends it at one of them: by <paramref name="kill"/>, or, where that is null, by an
/// exception after which nothing works, so that the rerun can be in the same process.
/// </summary>
public sealed class Trip(int at, Moment moment, Action? kill = null)
{
    private int _statements;

    public bool IsDead { get; private set; }

    public int Statements => _statements;

    public int Commits { get; private set; }

    /// <summary>A run that only counts.</summary>
    public static Trip Never() => new(int.MaxValue, Moment.BeforeStatement);

    public void Check()
    {
        if (IsDead)
            throw new DeathException();
    }

    public void Before()
    {
        Check();
        _statements++;
        if (moment is Moment.BeforeStatement && _statements == at)
            End();
    }

    public void After()
    {
        if (moment is Moment.AfterStatement && _statements == at)
            End();
    }

    public void Committed()
    {
        Commits++;
        if (moment is Moment.AfterCommit && Commits == at)
            End();
    }

    private void End()
    {
        if (kill is null)
        {
            IsDead = true;
            throw new DeathException();
        }

        kill();
    }
}
