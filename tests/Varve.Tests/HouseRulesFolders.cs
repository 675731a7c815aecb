namespace Varve.Tests;

/// <summary>The floors of the library, one above the other: each names only what stands before it.</summary>
public sealed class HouseRulesFolders
{
    // What stands on nothing comes first; the façade, in the root, stands on all of them.
    private static readonly string[] Floors =
    [
        "Time",
        "Scheduling",
        "Policies",
        "Planning",
        "Sql",
        "Engines",
        "Catalog",
        "Queries",
        "Archiving",
        "Reading",
        "Execution",
        "Applying",
        "Proposing",
        "Importing",
        "Maintenance",
        "Diagnosis",
    ];

    private static readonly string[] Pure = ["Time", "Scheduling", "Policies", "Planning"];

    private static readonly string[] Impure =
    [
        "System.Data",
        "System.Net",
        "System.Console",
        "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch",
        "System.TimeProvider",
        "System.Threading.PeriodicTimer",
        "System.IO.File",
        "System.IO.Directory",
        "System.IO.StreamReader",
        "System.IO.StreamWriter",
        "Microsoft.Extensions.Logging",
        "NodaTime.IClock",
        "NodaTime.SystemClock",
        "DuckDB",
        "Npgsql",
    ];

    // Each line is a debt: the type on the left moves, or the one on the right does, and the line goes.
    private static readonly string[] Debts = ["Planning.PolicyStatus → Catalog.RunRecord"];

    private static readonly IReadOnlyList<Reference> References = [.. typeof(Lifecycle).Assembly.GetTypes().SelectMany(Of).Distinct()];

    [Fact]
    public void A_floor_names_only_what_stands_before_it() =>
        HouseRulesSource.Hold(
            $"The floors are, from the ground up: {string.Join(", ", Floors)}; then the façade.",
            References
                .Where(r =>
                    Array.IndexOf(Floors, r.From) is var from && Array.IndexOf(Floors, r.To) is var to && (from < 0 || to < 0 || to > from)
                )
                .Where(r => r is not { From: "" } and not { To: "", IsException: true } and not { To: "", IsShared: true })
                .Select(r => r.Text)
                .Except(Debts)
        );

    [Fact]
    public void Pure_folders_reach_no_database_clock_file_or_log() =>
        HouseRulesSource.Hold(
            "Time, Scheduling, Policies and Planning do no I/O, read no clock and write no log.",
            typeof(Lifecycle)
                .Assembly.GetTypes()
                .Where(type => Pure.Contains(FolderOf(type)))
                .SelectMany(type =>
                    HouseRulesBodies
                        .TypesNamedBy(type)
                        .Where(named =>
                            Impure.Any(name =>
                                named.FullName is { } full && (full == name || full.StartsWith(name + ".", StringComparison.Ordinal))
                            )
                        )
                        .Select(named => $"{type.FullName} → {named.FullName}")
                )
        );

    [Fact]
    public void Pure_folders_import_only_what_they_stand_on() =>
        HouseRulesSource.Hold(
            "The usings of Time, Scheduling, Policies and Planning name no other folder, no database and no log.",
            Pure.SelectMany(floor =>
                HouseRulesSource
                    .Files("*.cs", $"src/Varve/{floor}")
                    .SelectMany(f => f.Code)
                    .Where(line =>
                        line.Text.StartsWith("using ", StringComparison.Ordinal)
                        && !MayImport(line.Text, Floors[..Array.IndexOf(Floors, floor)])
                    )
                    .Select(line => $"{line.Place}: {line.Text}")
            )
        );

    [Fact]
    public void Only_the_root_names_the_facade() =>
        HouseRulesSource.Hold(
            "The façade stands on the folders, not the other way round.",
            References.Where(r => r.From != "" && r.Named == nameof(Lifecycle)).Select(r => r.Text)
        );

    [Fact]
    public void A_debt_that_was_paid_is_struck_off() =>
        HouseRulesSource.Hold(
            "These references are gone: remove their lines from the debts.",
            Debts.Except(References.Select(r => r.Text))
        );

    private static bool MayImport(string line, string[] folders)
    {
        var name = line["using ".Length..].TrimEnd(';').Replace("static ", "", StringComparison.Ordinal).Split('=')[^1].Trim();
        return name.Split('.') is ["Varve", var folder, ..]
            ? folders.Contains(folder)
            : !Impure.Any(impure => name == impure || name.StartsWith(impure + ".", StringComparison.Ordinal));
    }

    private static IEnumerable<Reference> Of(Type type) =>
        FolderOf(type) is not { } from
            ? []
            : HouseRulesBodies
                .TypesNamedBy(type)
                .Where(named => named.Assembly == type.Assembly && FolderOf(named) is { } to && to != from)
                .Select(named => new Reference(
                    from,
                    Outermost(type).Name,
                    FolderOf(named)!,
                    Outermost(named).Name,
                    named.IsSubclassOf(typeof(Exception))
                ));

    // "" for the root namespace, "Planning" for Varve.Planning and below, null for what a compiler made elsewhere.
    private static string? FolderOf(Type type) =>
        Outermost(type).Namespace?.Split('.') switch
        {
            ["Varve"] => "",
            ["Varve", var folder, ..] => folder,
            _ => null,
        };

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private sealed record Reference(string From, string Naming, string To, string Named, bool IsException)
    {
        // Options, and what every floor logs to, are in the root beside the façade.
        internal bool IsShared => Named is nameof(LifecycleOptions) or nameof(Telemetry) or nameof(Log) or "Problem";

        internal string Text => $"{From}.{Naming} → {To}.{Named}";
    }
}
