using System.Text.RegularExpressions;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

public sealed partial class RowTests : CrateDbSuite
{
    private static readonly TableName s_leases = new("varve", "leases");

    [Fact]
    public async Task Of_two_writers_that_read_the_same_version_one_loses()
    {
        var row = new StandInRow();
        Cluster.Answers = row.Answer;
        var (one, other) = (Session(), Session());
        await one.ExecuteAsync(RowShapes.Insert(s_leases, [("policy", $"{"cpu"}"), ("holder", $"{"a"}")]), Token);
        var taken = await Assert.ThrowsAsync<EngineException>(() =>
            other.ExecuteAsync(RowShapes.Insert(s_leases, [("policy", $"{"cpu"}"), ("holder", $"{"b"}")]), Token)
        );
        Assert.Equal(EngineCodes.Constraint, taken.Code);
        var seen = await VersionAsync(one);
        Assert.Equal(seen, await VersionAsync(other));
        Assert.Equal(1, (await other.ExecuteAsync(Take("b", seen), Token)).RowCount);
        Assert.Equal(0, (await one.ExecuteAsync(Take("a", seen), Token)).RowCount);
        Assert.Equal("b", row.Holder);
    }

    [Fact]
    public async Task After_a_lost_answer_the_row_itself_says_whether_it_was_changed()
    {
        var row = new StandInRow();
        Cluster.Answers = row.Answer;
        var session = Session();
        await session.ExecuteAsync(RowShapes.Insert(s_leases, [("policy", $"{"cpu"}"), ("holder", $"{"a"}")]), Token);
        foreach (var (fault, holder) in new[] { (Fault.LostBefore, "a"), (Fault.LostAfter, "c") })
        {
            var seen = await VersionAsync(session);
            Cluster.Fails = call => call.Says("UPDATE") ? fault : Fault.None;
            Assert.Equal(
                ServerCodes.AnswerLost,
                (await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync(Take("c", seen), Token))).Code
            );
            Assert.Equal(
                holder,
                (await session.QueryAsync(RowShapes.Read(s_leases, ["holder"], [("policy", $"{"cpu"}")]), Token)).Rows[0].Text(0)
            );
        }
    }

    private static Varve.Sql.SqlText Take(string holder, RowVersion seen) =>
        RowShapes.Change(s_leases, [("policy", $"{"cpu"}")], seen, [("holder", $"{holder}")]);

    private async Task<RowVersion> VersionAsync(Varve.CrateDb.Http.SqlSession session)
    {
        var row = (await session.QueryAsync(RowShapes.Read(s_leases, ["holder"], [("policy", $"{"cpu"}")]), Token)).Rows[0];
        return new(row.Long(1), row.Long(2));
    }

    /// <summary>One row with its sequence number, and the writers that want it.</summary>
    private sealed partial class StandInRow
    {
        private long _sequence = -1;

        internal string? Holder { get; private set; }

        internal Reply? Answer(SqlCall call)
        {
            if (call.Says("SELECT"))
                return Reply.Rows([("holder", 4), ("_seq_no", 10), ("_primary_term", 10)], [Holder, _sequence, 1]);
            if (call.Says("INSERT") && Holder is not null)
                return Recorded.Of("catalog", "acquire twice").Reply;
            if (call.Says("UPDATE") && Version().Match(call.Statement).Value != $"\"_seq_no\" = " + $"{_sequence}")
                return Reply.Rows([("_seq_no", 10), ("_primary_term", 10)]);
            Holder = call.Args[call.Says("INSERT") ? 1 : 0].GetString();
            _sequence++;
            return Reply.Rows([("_seq_no", 10), ("_primary_term", 10)], [_sequence, 1]);
        }

        [GeneratedRegex("\"_seq_no\" = \\d+")]
        private static partial Regex Version();
    }
}
