using System.Globalization;

namespace Varve.Execution;

/// <summary>How many rows one run may remove in all, of source and tiers together.</summary>
internal sealed class RemovalLimit(long? most)
{
    private long _removed;

    /// <summary>False where there is none.</summary>
    public bool IsSet => most is not null;

    /// <summary>Called before anything is removed.</summary>
    /// <exception cref="HaltException">It would be more than what is allowed.</exception>
    public void Check(long rows)
    {
        if (most is not { } limit || rows == 0 || _removed + rows <= limit)
            return;
        throw new HaltException(
            "VRV317",
            string.Create(
                CultureInfo.InvariantCulture,
                $"this step would remove {rows:N0} rows, and the run {_removed + rows:N0} in all; --max-remove allows {limit:N0}. They stay. See varve plan, and allow more if it is meant."
            )
        );
    }

    /// <summary>Counts what a step removed.</summary>
    public void Add(long rows) => _removed += rows;
}
