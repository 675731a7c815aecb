using Varve.Policies;

namespace Varve.Catalog;

/// <summary>Statuses as the catalog, the output for machines and people have them.</summary>
public static class StatusWords
{
    /// <summary><see cref="RunStatus.Interrupted"/> is <c>interrupted</c>.</summary>
    public static string Word(this RunStatus status) => PolicyKeys.Lower(status.ToString());

    /// <summary><see cref="StepStatus.Planned"/> is <c>planned</c>.</summary>
    public static string Word(this StepStatus status) => PolicyKeys.Lower(status.ToString());

    /// <summary>The run's status of that word.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static RunStatus Run(string word) => Enum.Parse<RunStatus>(word, ignoreCase: true);

    /// <summary>The step's status of that word.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static StepStatus Step(string word) => Enum.Parse<StepStatus>(word, ignoreCase: true);
}
