using Varve.Client;
using Varve.Client.Shapes;
using Role = Varve.Server.Access.Role;

namespace Varve.Server.Tests.Client;

/// <summary>The typed client on a real server.</summary>
[Collection(Served.Name)]
public sealed class ClientTests(ServedDatabase served)
{
    [Fact]
    public async Task It_stores_plans_runs_and_reads()
    {
        using var client = VarveClient.To(served.Server.Address, served.Token(Role.Operator));
        Assert.Equal(
            ("Operator-acme", Varve.Client.Shapes.Role.Operator),
            ((await client.MeAsync()).Subject, (await client.MeAsync()).Role)
        );
        var page = await client.ListPoliciesAsync(ServedDatabase.Mine, limit: 1);
        Assert.Equal("cpu", Assert.Single(page.Items).Policy);
        var before = await client.GetPolicyAsync(ServedDatabase.Mine, "cpu");
        var refused = await Assert.ThrowsAsync<VarveApiException>(() =>
            client.PutPolicyAsync(ServedDatabase.Mine, "cpu", new(ServedDatabase.Policy))
        );
        Assert.Equal((428, "VRV513"), (refused.Status, refused.Code));
        var stored = await client.PutPolicyAsync(
            ServedDatabase.Mine,
            "cpu",
            new(ServedDatabase.Policy),
            ifMatch: FormattableString.Invariant($"\"{before.Revision}\"")
        );
        Assert.Equal(ApplyOutcome.Unchanged, Assert.Single(stored.Policies).Outcome);
        Assert.Contains("\"cpu\"", await client.PlanPolicyAsync(ServedDatabase.Mine, "cpu", "2026-01-01"), StringComparison.Ordinal);
        var asked = await client.AskRunAsync(ServedDatabase.Mine, new(Policies: ["cpu"]), idempotencyKey: "client");
        Assert.Equal(asked.Id, (await client.AskRunAsync(ServedDatabase.Mine, new(Policies: ["cpu"]), idempotencyKey: "client")).Id);
        List<string> kinds = [];
        await foreach (var told in client.ReadRunAsync(asked.Id))
            kinds.Add(told.Kind);
        Assert.Equal(RunFeedEvent.Ended, kinds[^1]);
        Assert.NotNull((await client.GetRunAsync(asked.Id)).Finished);
        Assert.NotEmpty((await client.StatusAsync(ServedDatabase.Mine)).Policies);
        Assert.NotEmpty((await client.HistoryAsync(ServedDatabase.Mine, "cpu", limit: 5)).Runs);
        Assert.NotEmpty((await client.ForecastAsync(ServedDatabase.Mine, "cpu", "30d")).Policies);
        Assert.NotNull((await client.DoctorAsync(ServedDatabase.Mine)).Findings);
        var range = await client.QueryAsync(ServedDatabase.Mine, "cpu", from: "2020-01-01", every: "1d", where: ["host=host0"]);
        Assert.NotEmpty(range.Columns);
    }

    [Fact]
    public async Task Problems_have_their_place_and_what_others_have_is_not_there()
    {
        using var client = VarveClient.To(served.Server.Address, served.Token(Role.Viewer));
        var check = await client.CheckPoliciesAsync(ServedDatabase.Mine, new("policy: x\ntable: cpu\ntime: nowhere\nkeep: 1d\n"));
        Assert.False(check.IsSound);
        Assert.Contains(check.Problems, p => p.Line == 3);
        Assert.Equal(404, (await Assert.ThrowsAsync<VarveApiException>(() => client.ListPoliciesAsync(ServedDatabase.Theirs))).Status);
        Assert.Equal(403, (await Assert.ThrowsAsync<VarveApiException>(() => client.ListTokensAsync())).Status);
        using var nobody = VarveClient.To(served.Server.Address, "varve_x");
        Assert.Equal("VRV510", (await Assert.ThrowsAsync<VarveApiException>(() => nobody.MeAsync())).Code);
    }
}
