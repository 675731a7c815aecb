using System.CommandLine;
using NodaTime;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve query</c>.</summary>
internal static class QueryCommand
{
    private const int DefaultPoints = 100;

    private static readonly Option<string?> Every = new("--every") { HelpName = "1d", Description = "Width of the points: one that a tier has, or one that is merged from finer ones" };

    private static readonly Option<int?> Points = new("--points") { HelpName = "N", Description = "About how many points; the coarsest tier that is fine enough answers. Default: 100" };

    private static readonly Option<string[]> Columns = new("--columns") { HelpName = "A,B", Description = "measure_function; default: all" };

    internal static Command Create() => new CliCommand("query", "Read source and tiers as one series", [CommonOptions.Name, CommonOptions.From, CommonOptions.To, Every, Points, CommonOptions.Where, Columns, CommonOptions.Db, CommonOptions.Schema, CommonOptions.Wait, CommonOptions.Format, CommonOptions.Debug], ActAsync)
    {
        Examples = ["varve query flights --every 1d --where origin=JFK --columns dep_delay_avg,dep_delay_max", "varve query flights --from 2013-07-01 --to 2013-08-01 --points 200 --output csv"],
    };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var (every, points) = (call.Parse.GetValue(Every), call.Parse.GetValue(Points));
        if (every is not null && points is not null) throw CommonOptions.Usage("--every and --points both say how fine; give one.");
        if (points is < 1) throw CommonOptions.Usage("--points is at least 1.");
        var lifecycle = call.Read();
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var range = await SpanAsync(call, lifecycle, name);
        var answer = await lifecycle.QueryAsync(
            new()
            {
                Policy = name,
                From = range.From,
                To = range.To,
                Every = every,
                Points = every is null ? points ?? DefaultPoints : null,
                Where = CommonOptions.Conditions(call.Parse),
                Columns = CommonOptions.Split(call.Parse.GetValue(Columns)),
            },
            call.Cancellation);
        switch (call.Parse.GetValue(CommonOptions.Format))
        {
            case "csv":
                AnswerScreen.Csv(call.Screen.Out, answer);
                foreach (var note in answer.Notes) call.Screen.Warn(new("note     ", Palette.Warn), note);
                break;
            case "json": AnswerScreen.Json(call.Screen.Out, answer); break;
            default: AnswerScreen.Table(call.Screen, answer); break;
        }

        return ExitCode.Done;
    }

    /// <summary>--from and --to; a missing end is that of all that source and tiers hold.</summary>
    internal static async Task<TimeRange> SpanAsync(CommandContext call, Lifecycle lifecycle, string policy)
    {
        var (from, to) = (call.Parse.GetValue(CommonOptions.From), call.Parse.GetValue(CommonOptions.To));
        if (from is null || to is null)
        {
            var held = await HeldAsync(lifecycle, policy, call.Cancellation);
            from ??= held.From;
            to ??= held.To;
        }

        if (from >= to) throw CommonOptions.Usage($"--from {InstantText.Format(from.Value)} is not before --to {InstantText.Format(to.Value)}.");
        return new(from.Value, to.Value);
    }

    private static Instant NextMinute(Instant at) => Instant.FromUnixTimeSeconds(((at.ToUnixTimeSeconds() / 60) + 1) * 60);

    /// <summary>What source and tiers hold together.</summary>
    internal static async Task<TimeRange> HeldAsync(Lifecycle lifecycle, string policy, CancellationToken cancellation)
    {
        var stored = (await lifecycle.PolicyAsync(policy, cancellation)).Policy;
        var status = (await lifecycle.StatusAsync(Selection.Of(stored.Name), null, cancellation)).SingleOrDefault()
            ?? throw CommonOptions.Usage($"The table {stored.Table.Text} of {policy} is gone, or cannot follow its pattern; see varve policy list. Say --from and --to to read its tiers.");
        var first = status.Relations.Min(r => r.First) ?? throw CommonOptions.Usage($"{policy} holds no rows. Say --from and --to.");
        var last = status.Relations.Max(r => r.Last) ?? first;
        return new(first, NextMinute(last));
    }
}
