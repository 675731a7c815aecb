using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

/// <summary>First policies: from a table, and from the text of another tool's configuration.</summary>
[Collection(Served.Name)]
public sealed class ProposalApiTests(ServedDatabase served)
{
    private const string Mine = $"api/v1/connections/{ServedDatabase.Mine}";

    [Theory]
    [InlineData("table=events&series=", "series: []")]
    [InlineData("table=events&series=v", "series: [v]")]
    [InlineData("table=events&time=ts&ttl=30d", "keep: 30d")]
    [InlineData("table=events&ttl=30d&archive=cold", "archive: cold")]
    public async Task What_a_person_decided_is_in_the_proposal(string query, string says)
    {
        var (status, told) = await AskAsync(query);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(
            says,
            Assert.Single(told.GetProperty("policies").EnumerateArray()).GetProperty("yaml").GetString()!,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("series=host", "VRV518", "are about one table")]
    [InlineData("table=events&archive=cold", "VRV518", "archive goes with ttl")]
    [InlineData("table=events&ttl=30d&series=v", "VRV518", "ttl proposes no tier")]
    [InlineData("table=events&ttl=30", "VRV518", "ttl: ")]
    [InlineData("table=a.b.c.d", "VRV518", "cannot be read")]
    [InlineData("table=events&time=nothing", "VRV1", "nothing")]
    public async Task A_choice_that_means_nothing_is_refused(string query, string code, string says)
    {
        var (status, told) = await AskAsync(query);
        Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, told.ToString());
        Assert.StartsWith(code, told.GetProperty("code").GetString(), StringComparison.Ordinal);
        Assert.Contains(says, told.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configurations_of_other_tools_become_policies_by_their_text()
    {
        foreach (
            var (body, says) in new (object Body, string Says)[]
            {
                (
                    new
                    {
                        tool = "cratedb-toolkit",
                        text = """[{"strategy":"delete","table_name":"raw","partition_column":"day","retention_period":12}]""",
                        times = new Dictionary<string, string> { ["doc.raw"] = "at" },
                    },
                    "time: at"
                ),
                (
                    new
                    {
                        tool = "cratedb-toolkit",
                        text = """[{"strategy":"delete","table_name":"raw","partition_column":"day","retention_period":12}]""",
                        compare = "start",
                    },
                    "time: day"
                ),
                (
                    new
                    {
                        tool = "graphite",
                        text = "[carbon]\npattern = ^carbon\\.\nretentions = 60s:90d\n",
                        schema = "net",
                    },
                    "table: net.carbon"
                ),
                (
                    new
                    {
                        tool = "rrdtool",
                        text = "step = 300\nds[traffic].type = \"GAUGE\"\nrra[0].cf = \"AVERAGE\"\nrra[0].rows = 600\nrra[0].pdp_per_row = 1\nrra[0].xff = 0.5\n",
                        table = "net.router",
                    },
                    "table: net.router"
                ),
                (
                    new
                    {
                        tool = "pg-partman",
                        text = "parent_table,control,partition_interval,retention,retention_keep_table\npublic.m,ts,1 day,30 days,f\n",
                    },
                    "keep: 30d"
                ),
            }
        )
        {
            var (status, told) = await ImportAsync(body);
            Assert.True(status == HttpStatusCode.OK, told.ToString());
            Assert.True(told.GetProperty("policies").GetArrayLength() == 1, told.ToString());
            var policy = told.GetProperty("policies")[0];
            Assert.Contains(says, policy.GetProperty("yaml").GetString(), StringComparison.Ordinal);
            Assert.Equal(JsonValueKind.Null, policy.GetProperty("file").ValueKind);
        }
    }

    [Theory]
    [InlineData("VRV100", "is another database", "cratedb-toolkit", null, null)]
    [InlineData("VRV100", "no configuration", "graphite", null, null)]
    [InlineData("VRV100", "which table has the samples", "rrdtool", "step = 300", null)]
    [InlineData("VRV175", "rows.csv", "pg-partman", "nonsense", "rows.csv")]
    [InlineData("VRV175", "the text", "pg-partman", "nonsense", " ")]
    [InlineData(
        "VRV176",
        "--time COLUMN",
        "cratedb-toolkit",
        """[{"strategy":"delete","table_name":"raw","partition_column":"day","retention_period":12}]""",
        null
    )]
    public async Task What_cannot_be_imported_is_an_answer(string code, string says, string tool, string? text, string? called)
    {
        var (status, told) = await ImportAsync(
            new
            {
                tool,
                text,
                called,
            }
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (status, told.GetProperty("code").GetString()));
        Assert.Contains(says, told.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonElement Told)> AskAsync(string query)
    {
        using var client = served.Client(Role.Viewer);
        var answer = await client.GetAsync($"{Mine}/proposals?{query}");
        return (answer.StatusCode, await ServedDatabase.JsonAsync(answer));
    }

    private async Task<(HttpStatusCode Status, JsonElement Told)> ImportAsync(object body)
    {
        using var client = served.Client(Role.Viewer);
        var answer = await client.PostAsJsonAsync($"{Mine}/import", body);
        return (answer.StatusCode, await ServedDatabase.JsonAsync(answer));
    }
}
