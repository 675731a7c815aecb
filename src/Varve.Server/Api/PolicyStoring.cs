using System.Text.Json.Nodes;
using Varve.Applying;
using Varve.Catalog;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Quotas;
using Varve.Server.Scheduling;

namespace Varve.Server.Api;

/// <summary>Storing policies, for the API and for the pages: checked, with the revision that was read, and with a brake.</summary>
internal sealed class PolicyStoring(ServerAudit audit, SchedulerService scheduler, TenantQuotas quotas, TenantHoldings holdings)
{
    /// <summary>What says that a change which removes more is meant.</summary>
    internal const string Accepted = "removes-more";

    /// <summary>Stores all of them, or none.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="connection">Where.</param>
    /// <param name="documents">What.</param>
    /// <param name="expected">By policy: the revision that was read, 0 for a new one.</param>
    /// <param name="accepted">True: a change that removes more is meant.</param>
    /// <param name="prune">True: stored policies that are not among them are taken out of force.</param>
    /// <param name="cancellationToken">Ends it before anything is changed.</param>
    /// <exception cref="PolicyException">With every problem, where somebody changed one, where the change removes more and nobody said
    /// that it may, or where the tenant may have no more.</exception>
    public async Task<IReadOnlyList<ApplyResult>> StoreAsync(
        Caller caller,
        ServerConnection connection,
        IReadOnlyList<PolicyDocument> documents,
        IReadOnlyDictionary<string, int> expected,
        bool accepted,
        bool prune,
        CancellationToken cancellationToken
    )
    {
        using var turn = await quotas.TurnAsync(connection.Setting.Tenant, cancellationToken);
        if (prune && caller.Role < Role.Admin)
            throw new PolicyException(
                ServerCodes.Forbidden,
                $"Taking policies out of force takes the role admin; {caller.Subject} is {caller.Role.ToString().ToLowerInvariant()}."
            );
        var results = await connection.UseAsync(
            caller.Subject,
            async lifecycle =>
            {
                await holdings.RequireAsync(caller, connection, lifecycle, documents, prune, cancellationToken);
                if (!accepted)
                    await BrakeAsync(lifecycle, documents, cancellationToken);
                return prune
                    ? await lifecycle.ApplyAsync(documents, prune: true, cancellationToken)
                    : await lifecycle.ApplyAsync(documents, expected, cancellationToken);
            },
            cancellationToken
        );
        foreach (var changed in results.Where(r => r.Outcome != ApplyOutcome.Unchanged))
        {
            await audit.AppendAsync(
                caller with
                {
                    Tenant = connection.Setting.Tenant,
                },
                "policy.applied",
                $"{connection.Name}/{changed.Policy}",
                new JsonObject { ["revision"] = changed.Revision, ["outcome"] = changed.Outcome.ToString().ToLowerInvariant() },
                cancellationToken
            );
        }

        await scheduler.LearnAsync(connection, cancellationToken);
        scheduler.Wake();
        return results;
    }

    /// <summary>
    /// Every problem of a text, those that only the database shows among them; a text that cannot be read is an answer, not an
    /// error.
    /// </summary>
    internal static async Task<CheckAnswer> CheckAsync(Lifecycle lifecycle, string yaml, CancellationToken cancellationToken)
    {
        IReadOnlyList<PolicyDocument> documents;
        try
        {
            documents = PolicyYaml.Parse(yaml, "");
        }
        catch (PolicyException unreadable)
        {
            return new(false, [], [.. unreadable.Problems.Select(ProblemPlace.Of)], []);
        }

        var reports = await lifecycle.CheckAsync(documents, cancellationToken);
        return new(
            reports.All(r => r.IsSound),
            [.. reports.Select(r => r.Policy.Name)],
            [.. reports.SelectMany(r => r.Problems).Select(ProblemPlace.Of)],
            [
                .. reports.Select(r => new CheckedPlaces(
                    r.Policy.Name,
                    r.Policy.Table.Text,
                    r.IsSound,
                    [.. r.Problems.Select(ProblemPlace.Of)]
                )),
            ]
        );
    }

    private static async Task BrakeAsync(Lifecycle lifecycle, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellationToken)
    {
        var stored = (await lifecycle.PoliciesAsync(Selection.All, cancellationToken))
            .Select(p => p.Policy.Name)
            .ToHashSet(StringComparer.Ordinal);
        // What is new is checked where it is stored; there is nothing that it could remove more than.
        var changed = documents.Where(d => d.Policy.Table.IsPattern || stored.Contains(d.Policy.Name)).ToList();
        if (changed.Count == 0)
            return;
        var more = (await lifecycle.DiffAsync(changed, cancellationToken)).Where(d => d.RemovesMore).ToList();
        if (more.Count == 0)
            return;
        var lines = more.SelectMany(d => d.Changes.Select(c => $"{d.Policy}: {c.Path}: {c.Before ?? "default"} → {c.After ?? "default"}"));
        throw new PolicyException(
            ServerCodes.RemovesMore,
            $"The next runs would remove more than before: {string.Join("; ", lines)}. Nothing was stored. If that is meant, send it with ?accept={Accepted}; the first run that removes by it waits for a person once more."
        );
    }
}

/// <summary>What a check found.</summary>
/// <param name="IsSound">True where it may be stored.</param>
/// <param name="Policies">What it holds.</param>
/// <param name="Problems">Errors and warnings, each with its place.</param>
/// <param name="Reports">The same by policy; empty for a text that cannot be read.</param>
internal sealed record CheckAnswer(
    bool IsSound,
    IReadOnlyList<string> Policies,
    IReadOnlyList<ProblemPlace> Problems,
    IReadOnlyList<CheckedPlaces> Reports
);

/// <summary>What a check found of one policy.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Table">Its table.</param>
/// <param name="IsSound">True where it may be stored.</param>
/// <param name="Problems">Errors and warnings, each with its place.</param>
internal sealed record CheckedPlaces(string Policy, string Table, bool IsSound, IReadOnlyList<ProblemPlace> Problems);
