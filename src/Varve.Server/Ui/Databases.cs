using Varve.Server.Access;
using Varve.Server.Connections;

namespace Varve.Server.Ui;

/// <summary>Pages that are of one database, with the others beside it.</summary>
internal static class Databases
{
    /// <summary>Goes to the first one.</summary>
    internal static IResult First(HttpContext http, ConnectionSet connections, string title, string path) =>
        connections.Of(http.Caller()) is [var first, ..]
            ? Results.Redirect($"{http.Request.PathBase.Value}{path}/{Uri.EscapeDataString(first.Name)}")
            : Shell.Page(
                http,
                title,
                $"""<section class="empty"><h1>No database yet</h1><p>There is something to see here once a database is kept: start with <code>--db URL</code>, or <a href="{http.Request.PathBase.Value}/access">add one</a>.</p></section>"""
            );

    internal static Html Tabs(HttpContext http, ConnectionSet connections, string here, string path)
    {
        var root = $"{http.Request.PathBase.Value}{path}";
        return $"""
            <nav class="tabs" aria-label="Databases">{connections.Of(http.Caller()).Select(c =>
                c.Name == here
                    ? (Html)$"""<a href="{root}/{Uri.EscapeDataString(c.Name)}" aria-current="page">{c.Name}</a>"""
                    : (Html)$"""<a href="{root}/{Uri.EscapeDataString(c.Name)}">{c.Name}</a>"""
            )}</nav>
            """;
    }
}
