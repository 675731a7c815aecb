using System.Text.Json.Nodes;
using Varve.Planning;

namespace Varve.Server.Api;

/// <summary>What a removal by hand takes, or took.</summary>
/// <param name="What">As the command line prints it.</param>
/// <param name="Goes">For people, line by line.</param>
/// <param name="Rows">How many rows, parts or holds.</param>
/// <param name="Scope">What is agreed to beside that number: which rows, of what.</param>
/// <param name="IsEmpty">True where nothing goes, so that nobody has to agree.</param>
internal sealed record Removal<T>(T What, IReadOnlyList<string> Goes, long Rows, string Scope, bool IsEmpty)
{
    private BrakeSeal Seal => new(Scope, Rows);

    /// <summary>What the first question answers.</summary>
    public RemovalShape<T> Asked => new(false, IsEmpty ? null : Seal.Hash, Goes, What);

    /// <summary>What is answered once it has gone.</summary>
    public RemovalShape<T> Gone => new(!IsEmpty, null, Goes, What);

    /// <summary>Refuses what nobody agreed to. As with the brake of a run, a word for nearly as many is taken.</summary>
    /// <exception cref="PolicyException">No hash was sent, or one of something else.</exception>
    public void Require(string? confirm)
    {
        if (IsEmpty || (confirm is not null && Seal.Takes(confirm)))
            return;
        throw new PolicyException(
            ServerCodes.Unconfirmed,
            $"{(confirm is null ? "This cannot be undone" : $"\"{confirm}\" is not the word for what goes now")}: {string.Join("; ", Goes)}. Nothing was done. If that is meant, send it with \"confirm\": \"{Seal.Hash}\"; with \"dryRun\": true it only says what goes."
        );
    }
}

/// <summary>The one way of every removal by hand: it is looked first, and what goes needs its hash.</summary>
internal static class RemovalCalls
{
    /// <param name="http">The request.</param>
    /// <param name="act">What is done.</param>
    /// <param name="body">What was asked.</param>
    /// <param name="word">True: only say what would go; and the hash that was sent.</param>
    /// <param name="look">Says what would go.</param>
    /// <param name="remove">Removes it.</param>
    /// <param name="facts">For the audit log, without a value of any row.</param>
    internal static async Task<IResult> RemoveAsync<T>(
        this HttpContext http,
        Act act,
        object body,
        (bool DryRun, string? Confirm) word,
        Func<Lifecycle, CancellationToken, Task<Removal<T>>> look,
        Func<Lifecycle, CancellationToken, Task<Removal<T>>> remove,
        Func<Removal<T>, JsonObject> facts
    )
    {
        if (word.DryRun)
            return TypedResults.Ok((await http.WithLongAsync(act.Connection, look)).Asked);
        return await http
            .RequestServices.GetRequiredService<Acts>()
            .DoAsync(
                http,
                act,
                body,
                () =>
                    http.WithLongAsync(
                        act.Connection,
                        async (lifecycle, token) =>
                        {
                            (await look(lifecycle, token)).Require(word.Confirm);
                            var gone = await remove(lifecycle, token);
                            return (gone.Gone, facts(gone));
                        }
                    )
            );
    }
}
