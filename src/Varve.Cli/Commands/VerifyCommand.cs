using System.CommandLine;
using Varve.Applying;
using Varve.Cli.Backends;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Execution;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve verify</c>.</summary>
internal static class VerifyCommand
{
    private const int Shown = 20;

    private static readonly Option<bool> Accept = new("--accept")
    {
        Description = "Let go what waits because its proof failed or because rows came for a cut bucket",
    };

    private static readonly Option<bool> Adopt = new("--adopt")
    {
        Description = "Take buckets that the catalog does not know, because it came from an older backup, for built as they are",
    };

    internal static Command Create() =>
        new CliCommand(
            "verify",
            "Compute the tiers again from what is left and compare every state",
            [
                CommonOptions.Names,
                CommonOptions.Tags,
                CommonOptions.From,
                CommonOptions.To,
                CommonOptions.Zone,
                Accept,
                Adopt,
                .. CommonOptions.Anywhere,
            ],
            ActAsync
        )
        {
            Examples =
            [
                "varve verify",
                "varve verify flights --from 2013-10-01 --to 2013-11-01",
                "varve verify flights --accept --from 2013-10-01 --to 2013-10-02",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        if (call.Parse.GetValue(Accept))
            return await AcceptAsync(call);
        if (call.Parse.GetValue(Adopt))
            return await AdoptAsync(call);
        var lifecycle = call.Read();
        var reports = await lifecycle.VerifyAsync(
            CommonOptions.Selection(call.Parse),
            await RangeAsync(call, lifecycle),
            call.Cancellation
        );
        var agrees = reports.All(r => r.Mismatches.Count == 0);
        if (call.IsJson)
            call.Print(VerifyShape.Of(reports));
        else
            Show(call.Screen, reports);
        return agrees ? ExitCode.Of(reports.Select(r => r.Failure)) : ExitCode.Person;
    }

    private static async Task<int> AcceptAsync(CommandContext call)
    {
        if (call.Parse.GetValue(CommonOptions.Names) is not [var policy])
            throw CommonOptions.Usage("--accept is a person's word about one policy: varve verify POLICY --accept.");
        var lifecycle = call.Write();
        var count = await lifecycle.AcceptAsync(policy, await RangeAsync(call, lifecycle), call.Cancellation);
        return PolicyCommand.Counted(
            call,
            policy,
            "accepted",
            count,
            count == 0
                ? $"Nothing of {policy} waits for a word."
                : $"{HumanText.Count(count, "range")} of {policy} accepted; the next run goes on there."
        );
    }

    private static async Task<int> AdoptAsync(CommandContext call)
    {
        if (call.Parse.GetValue(CommonOptions.Names) is not [var policy])
            throw CommonOptions.Usage("--adopt is a person's word about one policy: varve verify POLICY --adopt.");
        var count = await call.Write().AdoptAsync(policy, call.Cancellation);
        return PolicyCommand.Counted(
            call,
            policy,
            "adopted",
            count,
            count == 0
                ? $"{policy} has no buckets that the catalog does not know."
                : $"{HumanText.Count(count, "bucket")} of {policy} adopted as they are; varve verify {policy} compares those whose input is still there."
        );
    }

    /// <summary>In the zone of the policy where one is named.</summary>
    private static async Task<TimeRange?> RangeAsync(CommandContext call, IBackend lifecycle) =>
        (await Reckoning.OfAsync(call, lifecycle, call.Parse.GetValue(CommonOptions.Names) is [var only] ? only : null)).Range(call.Parse);

    /// <summary>A name as a shell takes it for one word.</summary>
    private static string Word(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '@' or '/')
            ? name
            : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static void Show(Screen screen, IReadOnlyList<VerifyReport> reports)
    {
        var columns = new Columns("policy", "tier", "checked", ">agree", ">differ");
        foreach (var report in reports.Where(r => r.Failure is null))
        {
            columns.Add(
                new Span(report.Policy, Palette.Bold),
                report.Tier!.Text,
                report.Checked.IsEmpty
                    ? new Span("nothing left to compare with", Palette.Dim)
                    : new Span(HumanText.Range(new(report.Checked.Start!.Value, report.Checked.End!.Value))),
                HumanText.Number(report.Buckets),
                report.Mismatches.Count == 0
                    ? new Span(HumanText.None, Palette.Dim)
                    : new Span(HumanText.Number(report.Mismatches.Sum(m => m.Series)), Palette.Bad)
            );
        }

        if (reports.Count == 0)
            screen.Line(new Span(PolicyCommand.Empty, Palette.Dim));
        columns.Write(screen, "");
        foreach (var failed in reports.Where(r => r.Failure is not null))
            screen.Line(new("  failed   ", Palette.Bad), $"{failed.Policy}  {failed.Failure!.Text}");
        foreach (var report in reports)
        {
            foreach (var m in report.Mismatches.Take(Shown))
            {
                screen.Line(
                    new("  differs  ", Palette.Bad),
                    $"{report.Policy} {report.Tier}  {HumanText.Range(m.Bucket)}  {m.Series} series  stored {HumanText.Count(m.Stored, "row")}, found {HumanText.Number(m.Found)}"
                );
                foreach (var d in m.Differences)
                {
                    var series = string.Join(", ", d.Series.Select(s => $"{s.Key}={s.Value ?? "NULL"}"));
                    screen.Line(
                        new Span(
                            $"             {series}{(series.Length == 0 ? "" : "  ")}{d.State}: stored {d.Stored ?? "NULL"}, computed {d.Computed ?? "NULL"}",
                            Palette.Dim
                        )
                    );
                }
            }

            if (report.Mismatches.Count > Shown)
                screen.Line(new Span($"  … and {HumanText.Number(report.Mismatches.Count - Shown)} more", Palette.Dim));
        }

        foreach (var policy in reports.Where(r => r.Mismatches.Count > 0).GroupBy(r => r.Policy))
        {
            var differ = policy.SelectMany(r => r.Mismatches).Select(m => m.Bucket).ToList();
            var (from, to) = (InstantText.Format(differ.Min(b => b.From)), InstantText.Format(differ.Max(b => b.To)));
            screen.Line(
                new Span(
                    $"to build {policy.Key} again from what is there: varve invalidate {Word(policy.Key)} --from {from} --to {to} && varve run {Word(policy.Key)}",
                    Palette.Dim
                )
            );
        }
    }
}
