using System.CommandLine;
using System.CommandLine.Completions;
using Varve.Catalog;
using Varve.Cli.Backends;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary>What the database or the server that is named can complete: stored policies and their tags.</summary>
internal static class Suggestions
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>True where somebody pressed the tab key: only then is a database asked, never for help or a mistyped command.</summary>
    internal static bool AreAsked { get; set; }

    /// <summary>Completes one policy, as long as none is written.</summary>
    internal static Argument<string> OnePolicy(this Argument<string> argument)
    {
        argument.CompletionSources.Add(context => IsOpen(context, argument) ? Items(context, Names) : []);
        return argument;
    }

    /// <summary>Completes policies, each of them once.</summary>
    internal static Argument<string[]> Policies(this Argument<string[]> argument)
    {
        argument.CompletionSources.Add(context => Items(context, Names).ExceptBy(Written(context, argument), item => item.Label));
        return argument;
    }

    /// <summary>Completes the last of several tags with commas between them.</summary>
    internal static Option<string[]> PolicyTags(this Option<string[]> option)
    {
        option.CompletionSources.Add(context =>
        {
            var before = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
            return Items(context, policies => Tags(policies).Except(CommonOptions.Split([before])).Select(tag => before + tag));
        });
        return option;
    }

    private static IEnumerable<string> Names(IReadOnlyList<StoredPolicy> policies) => policies.Select(p => p.Policy.Name);

    private static IEnumerable<string> Tags(IReadOnlyList<StoredPolicy> policies) => policies.SelectMany(p => p.Policy.Tags).Distinct();

    private static bool IsOpen(CompletionContext context, Argument argument) => !Written(context, argument).Any();

    /// <summary>The words of an argument but for the one at the cursor.</summary>
    private static IEnumerable<string> Written(CompletionContext context, Argument argument)
    {
        var words = context.ParseResult.GetResult(argument)?.Tokens.Select(t => t.Value).ToList() ?? [];
        words.Remove(context.WordToComplete);
        return words;
    }

    private static IEnumerable<CompletionItem> Items(
        CompletionContext context,
        Func<IReadOnlyList<StoredPolicy>, IEnumerable<string>> shown
    ) =>
        !AreAsked || context.WordToComplete.StartsWith('-')
            ? []
            : shown(Stored(context.ParseResult)).Order(StringComparer.Ordinal).Select(text => new CompletionItem(text));

    private static IReadOnlyList<StoredPolicy> Stored(ParseResult parse)
    {
        try
        {
            return StoredAsync(parse).GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // Somebody is typing: no word about a database that is not there, is busy or has no catalog.
            return [];
        }
    }

    private static async Task<IReadOnlyList<StoredPolicy>> StoredAsync(ParseResult parse)
    {
        using var patience = new CancellationTokenSource(s_patience);
        if (ServerAddress.IsNamed(parse))
        {
            // Standard input is the keyboard here.
            if (parse.GetValue(CommonOptions.TokenFile) == "-")
                return [];
            using var server = ServerBackend.At(ServerAddress.Of(parse), TimeSpan.Zero);
            return
            [
                .. await server.PoliciesAsync(Selection.All, patience.Token),
                .. (await server.PatternsAsync(Selection.All, patience.Token)).Select(p => p.Stored),
            ];
        }

        await using var database = DatabaseOpener.Open(
            parse.GetValue(CommonOptions.Db),
            readOnly: true,
            create: false,
            cancellation: patience.Token
        );
        var lifecycle = new Lifecycle(database, DatabaseOpener.Options(parse.GetValue(CommonOptions.Schema), null));
        return
        [
            .. await lifecycle.PoliciesAsync(Selection.All, patience.Token),
            .. (await lifecycle.PatternsAsync(Selection.All, patience.Token)).Select(p => p.Stored),
        ];
    }
}
