using System.CommandLine;
using NodaTime;
using Varve.Cli.Answers;
using Varve.Cli.Backends;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve query</c>.</summary>
internal static class QueryCommand
{
    private const int DefaultPoints = 100;

    private static readonly Option<string?> Every = new("--every")
    {
        HelpName = "1d",
        Description = "Width of the points: one that a tier has, or one that is merged from finer ones",
    };

    private static readonly Option<int?> Points = new("--points")
    {
        HelpName = "N",
        Description = "At most so many buckets for each series. Without it about 100, as the coarsest tier that is fine enough has them",
    };

    private static readonly Option<string[]> Columns = new("--columns")
    {
        HelpName = "A,B",
        Description = "measure_function; default: all",
    };

    private static readonly Option<bool> NoHeaders = new("--no-headers")
    {
        Description = "Leave the names of the columns out of table, csv and tsv",
    };

    private static readonly Option<bool> Expanded = new("--expanded", "-x") { Description = "Show each row as lines, one for each column" };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "Refuse, exit code 5, where a bucket has not ended or lacks a part, or only a coarser tier is left",
    };

    internal static Command Create() =>
        new CliCommand(
            "query",
            "Read source and tiers as one series",
            [
                CommonOptions.Name,
                CommonOptions.From,
                CommonOptions.To,
                CommonOptions.Zone,
                Every,
                Points,
                CommonOptions.Where,
                Columns,
                Strict,
                CommonOptions.Format,
                NoHeaders,
                Expanded,
                CommonOptions.Wide,
                CommonOptions.Db,
                .. CommonOptions.Served,
                CommonOptions.Schema,
                CommonOptions.Wait,
                CommonOptions.Debug,
            ],
            ActAsync
        )
        {
            Examples =
            [
                "varve query flights --every 1d --where origin=JFK --columns dep_delay_avg,dep_delay_max",
                "varve query flights --from 2013-07-01 --to 2013-08-01 --points 200 --output csv",
                "varve query flights --from 2013-07 --to 2013-08 --every 1h --output july.parquet",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var (every, points) = (call.Parse.GetValue(Every), call.Parse.GetValue(Points));
        if (every is not null && points is not null)
            throw CommonOptions.Usage("--every and --points both say how fine; give one.");
        if (points is < 1)
            throw CommonOptions.Usage("--points is at least 1.");
        var target = AnswerTarget.Of(call.Parse.GetRequiredValue(CommonOptions.Format))!;
        var (headers, expanded) = (!call.Parse.GetValue(NoHeaders), call.Parse.GetValue(Expanded));
        if (!headers && (expanded || target.Format is AnswerFormat.Json or AnswerFormat.NdJson or AnswerFormat.Parquet))
            throw CommonOptions.Usage(
                "--no-headers is for table, csv and tsv; what you asked for has the names in every row or in the file."
            );
        if (expanded && target.Format is not AnswerFormat.Table)
            throw CommonOptions.Usage("--expanded is for people; it does not go with --output.");
        var lifecycle = target.Format is AnswerFormat.Table ? call.Read() : call.ReadSlices();
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name, every);
        var range = await SpanAsync(call, lifecycle, name, reckoning);
        var request = new QueryRequest
        {
            Policy = name,
            From = range.From,
            To = range.To,
            Every = every,
            Zone = call.Parse.GetValue(CommonOptions.Zone)?.Id,
            Points = every is null && points is null ? DefaultPoints : null,
            AtMost = points,
            Where = CommonOptions.Conditions(call.Parse),
            Columns = CommonOptions.Split(call.Parse.GetValue(Columns)),
            WholeAsOf = call.Parse.GetValue(Strict) ? call.Now : null,
        };
        if (target.Format is not AnswerFormat.Table)
        {
            await target.WriteAsync(call, lifecycle, request, headers, answer => Beyond(call, reckoning, answer));
            return ExitCode.Done;
        }

        var answer = await lifecycle.QueryAsync(request, call.Cancellation);
        answer = answer with { Notes = [.. answer.Notes, .. Beyond(call, reckoning, answer)] };
        await Pager.ShowAsync(
            call.Screen,
            screen =>
            {
                if (expanded)
                    AnswerScreen.Lines(screen, answer);
                else
                    AnswerScreen.Table(screen, answer, headers);
            }
        );
        return ExitCode.Done;
    }

    /// <summary>--from and --to; a missing end is that of all that source and tiers hold.</summary>
    internal static async Task<TimeRange> SpanAsync(CommandContext call, IBackend lifecycle, string policy, Reckoning reckoning)
    {
        var (from, to) = (reckoning.At(call.Parse, CommonOptions.From), reckoning.At(call.Parse, CommonOptions.To));
        if (from is { } start && to is { } end)
            return reckoning.Ordered(start, end);
        var held = await HeldAsync(lifecycle, policy, call.Cancellation);
        if (from >= held.To)
            throw CommonOptions.Usage(
                $"--from {InstantText.Format(from.Value)} is not before the end of what {policy} holds: {reckoning.Said(held)}."
            );
        if (to <= held.From)
            throw CommonOptions.Usage(
                $"--to {InstantText.Format(to.Value)} is not after the beginning of what {policy} holds: {reckoning.Said(held)}."
            );
        return new(from ?? held.From, to ?? held.To);
    }

    /// <summary>Buckets are whole: where the first or the last one reaches beyond what was typed, that is said.</summary>
    private static IEnumerable<string> Beyond(CommandContext call, Reckoning reckoning, QueryAnswer answer)
    {
        if (answer.Range is not { } range)
            yield break;
        if (reckoning.At(call.Parse, CommonOptions.From) is { } from && range.From < from)
            yield return $"the first bucket is whole, and begins before --from: {reckoning.Said(new(range.From, from))} is in it";
        if (reckoning.At(call.Parse, CommonOptions.To) is { } to && range.To > to)
            yield return $"the last bucket is whole, and ends after --to: {reckoning.Said(new(to, range.To))} is in it";
    }

    private static Instant NextMinute(Instant at) => Instant.FromUnixTimeSeconds(((at.ToUnixTimeSeconds() / 60) + 1) * 60);

    /// <summary>What source and tiers hold together.</summary>
    internal static async Task<TimeRange> HeldAsync(IBackend lifecycle, string policy, CancellationToken cancellation)
    {
        var stored = (await lifecycle.PolicyAsync(policy, cancellation)).Policy;
        var status =
            (await lifecycle.StatusAsync(Selection.Of(stored.Name), null, cancellation)).SingleOrDefault()
            ?? throw CommonOptions.Usage(
                $"The table {stored.Table.Text} of {policy} is gone, or cannot follow its pattern; see varve policy list. Say --from and --to to read its tiers."
            );
        var first = status.Relations.Min(r => r.First) ?? throw CommonOptions.Usage($"{policy} holds no rows. Say --from and --to.");
        var last = status.Relations.Max(r => r.CoveredUntil ?? r.Last) ?? first;
        return new(first, NextMinute(last));
    }
}
