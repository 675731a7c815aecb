using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Maintenance;

/// <summary>
/// Taking moves back that <c>relocate</c> has begun: first the ledger says that the parts stay, so that no run moves them again,
/// then they are told to lie where they were, and last that is recorded. A process that dies in between leaves the rest to the
/// next such command.
/// </summary>
internal sealed class MoveUndoing(IEngine engine, Session session, AuditActor actor)
{
    private CommandRecord Record => new(engine, session.Store, actor, session.Now());

    public async Task<IReadOnlyList<TakenBack>> UndoAsync(MoveUndoRequest request, CancellationToken cancellationToken)
    {
        var range = request.Range ?? TimeRange.All;
        if (range.IsEmpty)
            throw new PolicyException(WorkCodes.NothingMoves, "The range is empty: --from must be before --to.");
        await using var work = await session.WorkAsync(await session.OneAsync(request.Policy, cancellationToken), cancellationToken);
        var (stored, blueprint, state, _) = work.Survey;
        var begun = state.Ledger.Of(RelationId.Source).Begun;
        var found = Found(work.Survey, range, request.Arrived);
        if (found.Count == 0)
            throw new PolicyException(WorkCodes.NothingMoves, Nothing(work.Survey, range, request.Arrived));
        if (request.OnlyLook)
            return found;
        if (engine.Capabilities.Relocation is not { } relocation)
            throw new PolicyException(PolicyCodes.NoRelocation, "This engine cannot move parts of a table.");
        await ChangeAsync(stored, "moves.stopped", found, (sets, part) => sets.Stay(part.From, part.Range), cancellationToken);
        foreach (var part in found)
        {
            IReadOnlyList<MoveOrigin> origins = [.. BegunMove.Of(begun, part.From, part.Range).Select(b => new MoveOrigin(b.Part, b.From))];
            while (
                !(
                    await engine.TransactAsync(
                        (s, token) => relocation.TakeBackAsync(s, blueprint.Source, blueprint.Time, part.Range, part.From, origins, token),
                        work.Scope,
                        cancellationToken
                    )
                ).IsDone
            ) { }
        }

        await ChangeAsync(stored, "moves.undone", found, (sets, part) => sets.TakeBack(part.From, part.Range), cancellationToken);
        return found;
    }

    /// <summary>Lets parts move again whose moves were taken back; how many stretches of time.</summary>
    public async Task<int> ResumeAsync(string policy, TimeRange range, CancellationToken cancellationToken)
    {
        await using var work = await session.WorkAsync(await session.OneAsync(policy, cancellationToken), cancellationToken);
        var stored = work.Survey.Stored;
        return await session.WriteAsync(
            async (s, token) =>
            {
                var ledger = await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token);
                var sets = new ProjectedSets(ledger.Of(RelationId.Source));
                var count = sets.LetMove(range);
                if (count == 0)
                    throw new PolicyException(
                        WorkCodes.NothingMoves,
                        $"No move of {stored.Policy.Name} was taken back there: there is nothing to resume."
                    );
                await Record.WriteAsync(
                    s,
                    stored.Policy.Name,
                    ledger.With(RelationId.Source, sets.Ledger),
                    "moves.resumed",
                    new() { ["range"] = range.ToString() },
                    token
                );
                return count;
            },
            cancellationToken
        );
    }

    private static IReadOnlyList<TakenBack> Found(Inspection survey, TimeRange range, bool withArrived)
    {
        var source = survey.State.Ledger.Of(RelationId.Source);
        List<TakenBack> found = [];
        foreach (var piece in survey.Blueprint.Pieces.Where(p => RangeSet.Of(range).Covers(p.Range)))
            foreach (var moves in source.Begun.Where(b => b.Ranges.Covers(piece.Range)).GroupBy(b => b.To))
            {
                var hasArrived = source.Moved.TryGetValue(moves.Key.Text, out var moved) && moved.Covers(piece.Range);
                List<string?> back = [.. moves.Select(m => m.From).Distinct()];
                if (withArrived || !hasArrived)
                    found.Add(
                        new(piece.Range, moves.Key, back is [{ } place] ? moves.Key with { Name = place } : null, piece.Bytes, hasArrived)
                    );
            }

        return found;
    }

    private static string Nothing(Inspection survey, TimeRange range, bool withArrived)
    {
        var name = survey.Blueprint.Policy.Name;
        var some = Found(survey, range, withArrived: true).Count;
        return some > 0 && !withArrived
                ? $"No move of {name} is under way there; {some} {(some == 1 ? "part has" : "parts have")} arrived, and --arrived takes those back too."
            : withArrived ? $"Varve has moved no partition of {name} that lies in that range as a whole."
            : $"No move of {name} is under way there.";
    }

    private Task ChangeAsync(
        StoredPolicy stored,
        string action,
        IReadOnlyList<TakenBack> parts,
        Action<ProjectedSets, TakenBack> change,
        CancellationToken cancellationToken
    ) =>
        session.WriteAsync(
            async (s, token) =>
            {
                var ledger = await session.Store.Ledgers.LoadAsync(s, stored, session.Now(), token);
                var sets = new ProjectedSets(ledger.Of(RelationId.Source));
                foreach (var part in parts)
                    change(sets, part);
                JsonObject facts = [];
                foreach (var group in parts.GroupBy(p => p.From.Text))
                    facts[group.Key] = RangeSet.Of(group.Select(p => p.Range)).ToString();
                await Record.WriteAsync(s, stored.Policy.Name, ledger.With(RelationId.Source, sets.Ledger), action, facts, token);
                return 0;
            },
            cancellationToken
        );
}

/// <summary>Which moves are taken back.</summary>
public sealed record MoveUndoRequest
{
    /// <summary>The policy, or its table.</summary>
    public required string Policy { get; init; }

    /// <summary>Only partitions that lie in this time as a whole; null: of any.</summary>
    public TimeRange? Range { get; init; }

    /// <summary>True: also what has come where it should; false: only what is on its way, or does not get on.</summary>
    public bool Arrived { get; init; }

    /// <summary>Says what would happen, and changes nothing.</summary>
    public bool OnlyLook { get; init; }
}

/// <summary>A part of the source whose move is taken back.</summary>
/// <param name="Range">Its times.</param>
/// <param name="From">Where it was told to move.</param>
/// <param name="To">Where it was before; null where that is not one place, or nothing was asked for.</param>
/// <param name="Bytes">Its bytes, estimated.</param>
/// <param name="HasArrived">True where all of it had come.</param>
public sealed record TakenBack(TimeRange Range, Place From, Place? To, long Bytes, bool HasArrived);
