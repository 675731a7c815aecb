using System.Text.Json.Nodes;
using Varve.Databases;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;

namespace Varve.Server.Api;

/// <summary>A compact copy of a database file, beside it. Which file that is says the server: a request names none.</summary>
internal static class CompactionEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("repairs");
        group.MapPost("/connections/{connection}/compact", CompactAsync).Needs(Role.Admin).WithName("Compact").Produces<CompactShape>();
    }

    private static Task<IResult> CompactAsync(HttpContext http, ServeSettings settings, string connection)
    {
        var database = http.Connection(connection);
        var url = database.Setting.Url;
        Compaction.Require(url);
        if (OpenFiles.FileOf(url) == OpenFiles.FileOf(settings.Home))
            throw new PolicyException(
                ServerCodes.BadConnection,
                $"{connection} is the home of this server, which it never closes. End the server, and compact the file with varve compact --db."
            );
        return http
            .RequestServices.GetRequiredService<Acts>()
            .DoAsync(
                http,
                new(connection, null, "database.compacted"),
                connection,
                async () =>
                {
                    var report = await database.AloneAsync(
                        () => Compaction.WriteAsync(url, Compaction.Beside(OpenFiles.FileOf(url)!), http.RequestAborted),
                        http.RequestAborted
                    );
                    return (
                        new CompactShape(report.Source, report.Target, report.BytesBefore, report.BytesAfter, report.Tables, report.Rows),
                        new JsonObject
                        {
                            ["target"] = report.Target,
                            ["bytesBefore"] = report.BytesBefore,
                            ["bytesAfter"] = report.BytesAfter,
                            ["rows"] = report.Rows,
                        }
                    );
                }
            );
    }
}
