using Varve.CrateDb.Http;
using Varve.Engines;

namespace Varve.Engines.Tests.CrateDb;

public sealed class ErrorTests : CrateDbSuite
{
    /// <summary>
    /// Errors as a server gave them: the code of Varve's, whether the same call may succeed later, and words of its message.
    /// </summary>
    public static TheoryData<string, string, string, bool, string> Known =>
        new()
        {
            { "catalog", "rollback", EngineCodes.Statement, false, "does not understand" },
            { "catalog", "acquire twice", EngineCodes.Constraint, false, "same primary key" },
            { "silent loss", "insert select failing, fail fast", EngineCodes.Constraint, false, "varve_t_d_v_check_483b683e85b3" },
            { "errors", "unknown table", EngineCodes.Unknown, false, "no right to" },
            { "errors", "unknown schema", EngineCodes.Unknown, false, "no right to" },
            { "errors", "unknown column", EngineCodes.Unknown, false, "Column nope unknown" },
            { "errors", "create again", EngineCodes.NameTaken, false, "already exists" },
            { "errors", "div", EngineCodes.Overflow, false, "by zero" },
            { "errors", "overflow", EngineCodes.Overflow, false, "64 bits" },
            { "errors", "type mismatch", EngineCodes.Conversion, false, "to timestamp with time zone" },
            { "errors", "repo unknown", EngineCodes.NoArchive, false, "repository" },
            { "errors", "bad identifier", EngineCodes.Unknown, false, "Name can't contain" },
            { "values", "bool_and", EngineCodes.Statement, false, "Unknown function" },
            { "partitions", "p2 insert into blocked", ServerCodes.Blocked, true, "sealed" },
            { "partitions", "alter unknown partition", EngineCodes.Unknown, false, "No partition" },
            { "partitions", "drop by bulk_args", EngineCodes.Statement, false, "Bulk operation not supported" },
            { "snapshots", "create repo outside path.repo", EngineCodes.ArchiveRefused, false, "path.repo" },
            { "snapshots", "snapshot same name", EngineCodes.NameTaken, false, "already exists" },
            { "snapshots", "restore over existing", EngineCodes.NameTaken, false, "already exists" },
            { "snapshots", "drop snapshot unknown", EngineCodes.NoArchive, false, "is missing" },
            { "settings", "codec", EngineCodes.Setting, false, "while the table is open" },
            { "settings", "timeout", EngineCodes.Interrupted, false, "time limit" },
            { "failures", "snapshot with missing primary, wait", ServerCodes.NotReady, true, "primary shard" },
            { "failures", "insert into lost partition", ServerCodes.NotReady, true, "shards" },
            {
                "INSERT",
                "grouped INSERT SELECT, fail_fast=False, target replicas=0, node n3 killed 1.2 s after its start",
                EngineCodes.Interrupted,
                true,
                "Participating node"
            },
        };

    [Theory]
    [MemberData(nameof(Known))]
    public async Task Errors_of_the_server_have_a_code_and_say_whether_waiting_helps(
        string topic,
        string label,
        string code,
        bool transient,
        string words
    )
    {
        Cluster.Answers = _ => Recorded.Of(topic, label).Reply;
        var error = await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"REFRESH TABLE t", Token));
        Assert.Equal((code, transient, 4), (error.Code, error.IsTransient, error.ExitCode));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("cratedb://127.0.0.1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_recorded_error_is_known_by_its_code()
    {
        var errors = Recorded.All.Where(e => e.Http != 200).ToList();
        Assert.True(errors.Count > 40);
        var session = Session();
        foreach (var exchange in errors)
        {
            Cluster.Answers = _ => exchange.Reply;
            var error = await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync($"REFRESH TABLE t", Token));
            Assert.True(error.Code is not (ServerCodes.NoSuchServer or ServerCodes.AnswerLost), $"{exchange.Label}: {error.Message}");
        }

        Assert.Equal(1, session.Connections);
    }

    [Fact]
    public async Task Values_of_rows_are_not_told()
    {
        foreach (
            var (topic, label, value) in new[]
            {
                ("errors", "type mismatch", "zzz"),
                ("silent loss", "insert select failing, fail fast", "[1, 1]"),
                ("catalog", "rollback", "DEALLOCATE"),
            }
        )
        {
            Cluster.Answers = _ => Recorded.Of(topic, label).Reply;
            Assert.Contains(value, Recorded.Of(topic, label).Body, StringComparison.Ordinal);
            var error = await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"REFRESH TABLE t", Token));
            Assert.DoesNotContain(value, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(40012, ServerCodes.InSnapshot, true)]
    [InlineData(4010, ServerCodes.Login, false)]
    [InlineData(4011, ServerCodes.NoRight, false)]
    [InlineData(4032, ServerCodes.Blocked, false)]
    [InlineData(4037, ServerCodes.Blocked, true)]
    [InlineData(4092, EngineCodes.Conflict, true)]
    [InlineData(4290, ServerCodes.Overloaded, true)]
    [InlineData(5002, ServerCodes.NotReady, true)]
    [InlineData(5004, EngineCodes.ArchiveRefused, false)]
    [InlineData(5006, EngineCodes.ArchiveRefused, false)]
    [InlineData(5031, ServerCodes.NotReady, true)]
    [InlineData(5035, ServerCodes.NotReady, true)]
    [InlineData(5999, EngineCodes.Refused, false)]
    public void Codes_that_were_not_met_are_known_from_the_documentation(int number, string code, bool transient)
    {
        var error = Assert.IsType<EngineException>(
            ServerErrors.Of(500, ServerError.Of(number, "SomeException[some text]"), "cratedb://h:4200", new([]))
        );
        Assert.Equal((code, transient), (error.Code, error.IsTransient));
    }

    [Theory]
    [InlineData(
        "CircuitBreakingException[Allocating 2mb for 'collect: 0' failed, breaker would use 123.4mb in total. Limit is 100mb.]",
        ServerCodes.Overloaded,
        true
    )]
    [InlineData(
        "IllegalArgumentException[Validation Failed: 1: this action would add [8] total shards, but this cluster currently has "
            + "[999]/[1000] maximum shards open;]",
        ServerCodes.Blocked,
        false
    )]
    [InlineData("NodeDisconnectedException[[n2][127.0.0.1:4301][internal:crate:sql/job] disconnected]", ServerCodes.AnswerLost, true)]
    [InlineData("NodeNotConnectedException[[n2][127.0.0.1:4301] Node not connected]", ServerCodes.AnswerLost, true)]
    [InlineData("AlreadyClosedException[engine is closed]", ServerCodes.AnswerLost, true)]
    [InlineData("NotMasterException[no longer master. source: [drop-table]]", ServerCodes.AnswerLost, true)]
    [InlineData("NullPointerException[node disconnected]", EngineCodes.Refused, false)]
    public void What_has_no_code_of_its_own_is_known_by_its_words(string message, string code, bool transient)
    {
        var error = Assert.IsType<EngineException>(ServerErrors.Of(500, ServerError.Of(5000, message), "cratedb://h:4200", new([])));
        Assert.Equal((code, transient), (error.Code, error.IsTransient));
    }

    [Theory]
    [InlineData("double precision", EngineCodes.Overflow)]
    [InlineData("timestamp with time zone", EngineCodes.Conversion)]
    public void A_sum_that_no_double_holds_is_no_value_that_does_not_fit_its_column(string type, string code)
    {
        var message = $"SQLParseException[Cannot cast value `{new string('9', 617)}` to type `{type}`]";
        var error = Assert.IsType<EngineException>(ServerErrors.Of(400, ServerError.Of(4000, message), "cratedb://h:4200", new([])));
        Assert.Equal((code, false), (error.Code, error.IsTransient));
        Assert.DoesNotContain("999", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_data_is_for_a_person_to_look_at() =>
        Assert.Equal(
            5,
            Assert
                .IsType<HaltException>(
                    ServerErrors.Of(
                        500,
                        ServerError.Of(5000, "RuntimeException[org.apache.lucene.index.CorruptIndexException: checksum failed]"),
                        "cratedb://h:4200",
                        new([])
                    )
                )
                .ExitCode
        );

    [Theory]
    [InlineData(401, "trust authentication failed for user \"ann\"", ServerCodes.Login, "trust authentication failed")]
    [InlineData(403, "<html>no</html>", ServerCodes.Login, "before CrateDB")]
    [InlineData(301, "", ServerCodes.NoSuchServer, "elsewhere")]
    [InlineData(404, "<html>nginx</html>", ServerCodes.NoSuchServer, "not CrateDB")]
    [InlineData(502, "<html>bad gateway</html>", ServerCodes.AnswerLost, "not known")]
    [InlineData(503, "", ServerCodes.NotReady, "not ready")]
    [InlineData(200, "<html>It works!</html>", ServerCodes.NoSuchServer, "no answer of CrateDB")]
    [InlineData(200, "[]", ServerCodes.NoSuchServer, "no answer of CrateDB")]
    public async Task What_is_not_cratedb_is_told_from_it(int status, string body, string code, string words)
    {
        Cluster.Answers = _ => new(status, body);
        var error = await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"REFRESH TABLE t", Token));
        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("<html>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once_and_on_one_host()
    {
        await NodesAsync(3);
        var asked = 0;
        Cluster.Refuses = _ =>
        {
            asked++;
            return new(401, "password authentication failed for user \"ann\"");
        };
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            Session(options: Options(new Credential.Basic("ann", "wr0ng"))).QueryAsync($"SELECT 1", Token)
        );
        Assert.Equal((ServerCodes.Login, false, 1), (error.Code, error.IsTransient, asked));
    }

    [Fact]
    public async Task A_host_without_a_master_is_left_for_another_one()
    {
        await NodesAsync(2);
        Cluster.Refuses = request => request.Host.Port == Cluster.Ports[0] ? Reply.NoMaster : null;
        Cluster.Answers = _ => Reply.Done();
        await Session().ExecuteAsync($"REFRESH TABLE t", Token);
        Assert.Equal(1, Cluster.Calls[0].Node);
        Cluster.Refuses = _ => Reply.NoMaster;
        var error = await Assert.ThrowsAsync<EngineException>(() => Session().ExecuteAsync($"REFRESH TABLE t", Token));
        Assert.Equal((ServerCodes.NotReady, true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task No_secret_is_in_anything_that_is_said()
    {
        const string password = "p4ss/w rd";
        const string key = "k3y-of-s3";
        List<(string Secret, string Said)> said = [];
        foreach (var credential in new Credential[] { new Credential.Basic("ann", password), new Credential.Token("eyJhbGciOi.J9.sig") })
        {
            string[] secrets = [.. credential.Secrets, key];
            var options = Options(credential);
            var texts = new List<string> { options.ToString()!, options.Name, credential.ToString()! };
            foreach (var body in new[] { $"RuntimeException[{string.Join(' ', secrets)}]", string.Join(' ', secrets) })
            {
                foreach (var code in new[] { 4000, 4095, 4011, 5000, 5002, 4047, 5004, 5006 })
                    texts.Add(await FailedAsync(Reply.Error(500, code, body)));
                texts.Add(await FailedAsync(new(401, body)));
            }

            Cluster.Fails = call => call.Says("REFRESH") ? Fault.LostAfter : Fault.None;
            texts.Add(await FailedAsync(Reply.Done()));
            Cluster.Fails = _ => Fault.None;
            Assert.Equal(22, texts.Count);
            Assert.Contains(texts, text => text.Contains("***", StringComparison.Ordinal));
            said.AddRange(from secret in secrets from text in texts select (secret, text));

            async Task<string> FailedAsync(Reply reply)
            {
                Cluster.Answers = _ => reply;
                var session = Session(options: options);
                return (await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync($"REFRESH TABLE t", [key], Token))).ToString();
            }
        }

        Assert.Equal(22 * (4 + 2), said.Count);
        Assert.All(said, s => Assert.DoesNotContain(s.Secret, s.Said, StringComparison.Ordinal));
    }
}
