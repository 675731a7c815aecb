using NodaTime;
using Npgsql;
using Varve.Catalog;
using Varve.Execution;
using Varve.Policies;
using Varve.PostgreSql;
using Varve.Time;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>A server that is restarted, or crashes, in the middle of a run: the next run ends where no restart ends.</summary>
public sealed class RestartTests
{
    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 9, 0, 0);

    [Fact]
    public async Task A_server_that_stops_in_the_middle_leaves_nothing_half_done()
    {
        await using var server = await OwnServer.StartAsync();
        await SqlAsync(
            server,
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION);
            INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 minute', 'h' || n % 3, n % 1000 FROM generate_series(0, 8 * 1440 - 1) n
            """
        );
        await WithAsync(
            server,
            async l =>
            {
                await l.ApplyAsync(
                    PolicyYaml.Parse(
                        "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [avg, min, max] }\nkeep: 3d\ntiers: [{ every: 1h }, { every: 1d }]",
                        "p.yaml"
                    )
                );
                return 0;
            }
        );
        foreach (var mode in new[] { "fast", "immediate" })
        {
            var stopped = false;
            List<VarveException> errors = [];
            await WithAsync(
                server,
                async l =>
                {
                    await foreach (var one in l.RunAsync(Selection.All, new() { AsOf = s_asOf, Yes = true }))
                    {
                        if ((one as RunEvent.StepFailed)?.Error is { } step)
                            errors.Add(step);
                        if ((one as RunEvent.Failed)?.Error is { } run)
                            errors.Add(run);
                        if (one is not RunEvent.StepDone { Step.Kind: "rollup" } || stopped)
                            continue;
                        stopped = true;
                        await server.DownAsync(mode);
                    }

                    return 0;
                }
            );
            Assert.True(stopped, $"{mode}: the run had ended before");
            Assert.NotEmpty(errors);
            Assert.All(
                errors,
                e => Assert.True(e is EngineException { IsTransient: true } or EngineException { Code: EngineCodes.Lost }, e.ToString())
            );
            await server.UpAsync();
            await SqlAsync(server, "UPDATE m.cpu SET v = v + 1 WHERE ts >= TIMESTAMP '2025-01-08'");
        }

        var outcome = await WithAsync(
            server,
            async l =>
            {
                List<VarveException> errors = [];
                await foreach (var one in l.RunAsync(Selection.All, new() { AsOf = s_asOf, Yes = true }))
                    if (((one as RunEvent.StepFailed)?.Error ?? (one as RunEvent.Failed)?.Error) is { } error)
                        errors.Add(error);
                Assert.Empty((await l.VerifyAuditAsync()).Findings);
                Assert.DoesNotContain(await l.HistoryAsync(Selection.All, 100), r => r.Status == RunStatus.Running);
                return errors;
            }
        );
        Assert.Empty(outcome);
        Assert.Equal(
            (3L * 1440, 8L * 1440, 8L * 1440, 0L),
            await SqlAsync(
                server,
                """
                SELECT (SELECT count(*) FROM m.cpu), (SELECT sum(varve_rows)::bigint FROM m.cpu_1h), (SELECT sum(varve_rows)::bigint FROM m.cpu_1d),
                       (SELECT count(*) FROM m.cpu_1d d JOIN (SELECT date_trunc('day', ts) AS ts, host, max(v) AS v FROM m.cpu GROUP BY 1, 2) s ON s.ts = d.ts AND s.host = d.host WHERE s.v <> d.v_max)
                """
            )
        );
    }

    private static async Task<T> WithAsync<T>(OwnServer server, Func<Lifecycle, Task<T>> work)
    {
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(server.Url));
        return await work(new(database));
    }

    private static async Task<(long Source, long Hours, long Days, long Wrong)> SqlAsync(OwnServer server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = new Uri(server.Url).Port,
                Username = "varve",
                Database = "postgres",
                Pooling = false,
            }.ConnectionString
        );
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)) : default;
    }
}
