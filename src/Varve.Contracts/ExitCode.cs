namespace Varve.Contracts;

/// <summary>What scripts can rely on.</summary>
internal static class ExitCode
{
    /// <summary>Done, nothing to do, or waiting by design.</summary>
    internal const int Done = 0;

    /// <summary>A defect in Varve.</summary>
    internal const int Defect = 1;

    /// <summary>What <c>varve healthcheck</c> asked is not ready; what looks after containers takes no other.</summary>
    internal const int NotReady = 1;

    /// <summary>What was typed, or a policy, must be changed.</summary>
    internal const int Usage = 2;

    /// <summary>The plan is stale.</summary>
    internal const int Stale = 3;

    /// <summary>The database refused or failed.</summary>
    internal const int Engine = 4;

    /// <summary>A person must look.</summary>
    internal const int Person = 5;

    /// <summary>Another run holds the lease.</summary>
    internal const int Busy = 6;

    /// <summary>Everything was done, and not all that it printed could be written.</summary>
    internal const int OutputLost = 7;

    /// <summary>With <c>--detailed-exitcode</c>: there is something to do.</summary>
    internal const int SomethingToDo = 10;

    /// <summary>Cancelled by the user.</summary>
    internal const int Cancelled = 130;

    private static readonly int[] Weightiest = [Cancelled, Defect, Person, Engine, Usage, Stale, Busy];

    /// <summary>One code for what kept some of several policies from being looked at; null for one that nothing did.</summary>
    internal static int Of(IEnumerable<Varve.Policies.Problem?> failures) => Of(failures.Select(f => f?.ExitCode ?? Done));

    /// <summary>One code for several policies: the weightiest that occurred.</summary>
    internal static int Of(IEnumerable<int> codes)
    {
        var seen = codes.ToHashSet();
        return Weightiest.FirstOrDefault(seen.Contains, Done);
    }
}
