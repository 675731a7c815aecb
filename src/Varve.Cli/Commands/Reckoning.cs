using System.CommandLine;
using NodaTime;
using Varve.Cli.Backends;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary>How times that were typed are read, and shown beside UTC: as of one now, in the zone of --zone, else of the policy.</summary>
internal sealed record Reckoning(Instant Now, DateTimeZone Zone)
{
    /// <summary>The zone of a policy where none was typed; UTC for several of them, and for one that is not stored.</summary>
    internal static async Task<Reckoning> OfAsync(CommandContext call, IBackend lifecycle, string? policy, string? every = null)
    {
        if (call.Parse.GetValue(CommonOptions.Zone) is { } typed)
            return new(call.Now, typed);
        if (policy is null)
            return new(call.Now, DateTimeZone.Utc);
        try
        {
            var stored = (await lifecycle.PolicyAsync(policy, call.Cancellation)).Policy;
            return new(call.Now, DateTimeZoneProviders.Tzdb[stored.ZoneOf(every)]);
        }
        catch (PolicyException)
        {
            // What cannot be done without a stored policy says so itself; a restore can.
            return new(call.Now, DateTimeZone.Utc);
        }
    }

    /// <summary>The instant of an option; null where it was not typed.</summary>
    internal Instant? At(ParseResult parse, Option<SaidTime?> option)
    {
        if (parse.GetValue(option) is not { } said)
            return null;
        try
        {
            return said.In(Now, Zone);
        }
        catch (FormatException wrong)
        {
            throw CommonOptions.Usage($"{option.Name}: {wrong.Message}");
        }
    }

    /// <summary>The range of --from and --to; a missing end is open, both missing is null.</summary>
    internal TimeRange? Range(ParseResult parse)
    {
        var (from, to) = (At(parse, CommonOptions.From), At(parse, CommonOptions.To));
        return from is null && to is null ? null : Ordered(from ?? Instant.MinValue, to ?? Instant.MaxValue);
    }

    internal TimeRange Ordered(Instant from, Instant to) =>
        from < to ? new(from, to) : throw CommonOptions.Usage($"--from {Local(from)} is not before --to {Local(to)}; --to is exclusive.");

    /// <summary>A range for people, with the local times beside it where the zone is not UTC.</summary>
    internal string Said(TimeRange range) => HumanText.Range(range, Zone);

    private string Local(Instant at) =>
        Zone.Id == DateTimeZone.Utc.Id || at == Instant.MinValue || at == Instant.MaxValue
            ? InstantText.Format(at)
            : $"{InstantText.Format(at)} ({LocalText.Of(at, Zone)} {Zone.Id})";
}
