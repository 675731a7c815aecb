using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;

namespace Varve.Server.Api;

/// <summary>What endpoints do with the database that their path names.</summary>
internal static class ConnectionCalls
{
    /// <summary>The connection of the path; the gate has seen that the caller may know of it.</summary>
    internal static ServerConnection Connection(this HttpContext http, string name) =>
        http.RequestServices.GetRequiredService<ConnectionSet>().Find(http.Caller(), name)
        ?? throw new PolicyException(ServerCodes.Missing, $"There is no connection {name}.");

    /// <summary>Does something with its lifecycle, in the name of the caller.</summary>
    internal static Task<T> WithAsync<T>(this HttpContext http, string connection, Func<Lifecycle, CancellationToken, Task<T>> work) =>
        http.Connection(connection).UseAsync(http.Caller().Subject, lifecycle => work(lifecycle, http.RequestAborted), http.RequestAborted);

    /// <summary>Reads what its path and its query ask for, and changes nothing: those who ask for the same wait for one answer.</summary>
    internal static Task<T> LookAsync<T>(this HttpContext http, string connection, Func<Lifecycle, CancellationToken, Task<T>> look) =>
        http.Connection(connection)
            .LookAsync(http.Caller().Subject, $"{http.Request.Path}{http.Request.QueryString}", look, http.RequestAborted);

    /// <summary>Does what reads or moves whole tables: others that only look do not wait behind it.</summary>
    internal static Task<T> WithLongAsync<T>(this HttpContext http, string connection, Func<Lifecycle, CancellationToken, Task<T>> work) =>
        http.Connection(connection)
            .UseLongAsync(http.Caller().Subject, lifecycle => work(lifecycle, http.RequestAborted), http.RequestAborted);

    /// <summary>The policies of a body.</summary>
    /// <exception cref="PolicyException">With every problem, each with its place.</exception>
    internal static IReadOnlyList<PolicyDocument> Documents(this YamlBody body) => PolicyYaml.Parse(body.Yaml ?? "", "");
}
