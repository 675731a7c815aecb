using System.Globalization;

namespace Varve.Execution;

/// <summary>Asks whoever runs whether rows may go now.</summary>
/// <param name="before">How many the run has removed before.</param>
/// <param name="rows">How many would go in this step.</param>
/// <param name="cancellationToken">Ends the asking.</param>
/// <returns>Null where they may go; otherwise why they stay.</returns>
internal delegate Task<string?> RemovalAllowance(long before, long rows, CancellationToken cancellationToken);

/// <summary>How many rows one run may remove in all, of source and tiers together.</summary>
/// <param name="most">The number; null for any.</param>
/// <param name="allowance">Is asked before each removal; null: nobody is.</param>
internal sealed class RemovalLimit(long? most, RemovalAllowance? allowance = null)
{
    private long _removed;

    /// <summary>False where there is none.</summary>
    public bool IsSet => most is not null || allowance is not null;

    /// <summary>Called before anything is removed.</summary>
    /// <exception cref="HaltException">It would be more than what is allowed.</exception>
    /// <exception cref="StepSkippedException">Whoever runs keeps it for later.</exception>
    public async Task CheckAsync(long rows, CancellationToken cancellationToken)
    {
        if (rows == 0)
            return;
        if (most is { } limit && _removed + rows > limit)
            throw new HaltException(
                WorkCodes.TooManyRows,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"this step would remove {rows:N0} rows, and the run {_removed + rows:N0} in all; --max-remove allows {limit:N0}. They stay. See varve plan, and allow more if it is meant."
                )
            );
        if (allowance is not null && await allowance(_removed, rows, cancellationToken) is { } reason)
            throw new StepSkippedException(reason);
    }

    /// <summary>Counts what a step removed.</summary>
    public void Add(long rows) => _removed += rows;
}
