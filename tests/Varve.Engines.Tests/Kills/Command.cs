using NodaTime;
using Varve.Archiving;
using Varve.Execution;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Kills;

/// <summary>What a person does beside runs, by one word, so that a process can be told to do it.</summary>
public static class Command
{
    public const string Erase = "erase";
    public const string Drop = "drop";
    public const string Restore = "restore";
    public const string Prune = "prune";

    private const string Policy = "m.cpu";

    public static Task DoAsync(Lifecycle lifecycle, string command) =>
        command switch
        {
            Erase => lifecycle.EraseAsync(
                new()
                {
                    Policy = Policy,
                    Where = [new("host", "a")],
                    Range = new(Instant.FromUtc(2025, 1, 3, 10, 30), Instant.MaxValue),
                }
            ),
            Drop => lifecycle.DropRetiredAsync(Policy),
            Restore => lifecycle.RestoreAsync(new() { Policy = Policy }),
            Prune => lifecycle.PruneArchivesAsync([Policy], Keep.Parse("4d")),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "There is no such command."),
        };

    /// <summary>True where a second time is refused because the first one was whole: nothing is left to drop, the table is there.</summary>
    public static bool IsDone(string command, Exception error) =>
        (command, error) switch
        {
            (Drop, PolicyException { Code: "VRV313" }) => true,
            (Restore, PolicyException { Code: "VRV349" }) => true,
            _ => false,
        };
}
