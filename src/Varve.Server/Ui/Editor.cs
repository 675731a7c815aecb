using Varve.Server.Api;

namespace Varve.Server.Ui;

/// <summary>The text of a policy or a query, with its mistakes and what it would change beside it.</summary>
internal static class Editor
{
    /// <param name="http">The request.</param>
    /// <param name="kind">policy or query.</param>
    /// <param name="connection">The database.</param>
    /// <param name="name">What it is called; null for a new one.</param>
    /// <param name="yaml">The text.</param>
    /// <param name="revision">The revision that is shown; 0 for a new one.</param>
    /// <param name="mayWrite">False: it can be read.</param>
    internal static Html Of(HttpContext http, string kind, string connection, string? name, string yaml, int revision, bool mayWrite) =>
        $"""
            <section aria-labelledby="text"><h2 id="text">{(kind == "policy" ? "Policy" : "Query")}</h2>
            <div class="editor" data-kind="{kind}" data-connection="{connection}" data-policy="{name}" data-revision="{revision}"{(
                mayWrite || kind == "policy" ? Html.None : (Html)$" data-still"
            )}>
            <div class="write"><div class="gutter" aria-hidden="true"></div><textarea id="yaml" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" aria-label="The {kind} as YAML" aria-describedby="preview"{(
                mayWrite ? Html.None : (Html)$" readonly"
            )}>{yaml}</textarea></div>
            <div id="preview" class="preview" aria-live="polite"></div>
            </div>
            {(mayWrite ? Actions(kind, name, ManagedFile.Of(yaml)) : Html.None)}
            </section>
            """;

    private static Html Actions(string kind, string? name, string? file)
    {
        var (save, export) = file is null ? ("primary", "") : ("", " primary");
        return $"""
            {(
                file is null
                    ? Html.None
                    : (Html)$"""<p class="notice">This text is kept in <b>{file}</b>. Change it here, look at what it would do, and export it for there: what is only saved here is written over when the file is applied again.</p>"""
            )}
            <div class="actions"><button type="button" class="{save}" data-save>Save</button><a class="button{export}" download="{name ?? kind}.yaml" data-export href="#yaml">{(file is null ? "Export" : "Export change")}</a><span class="hint" data-saved></span></div><div class="brake" data-brake hidden></div>
            """;
    }

    /// <summary>What is wrong, each with a way to its place.</summary>
    internal static Html Problems(IReadOnlyList<ProblemPlace> problems) =>
        problems.Count == 0
            ? (Html)$"""<p class="fine">No mistakes.</p>"""
            : (Html)
                $"""
                    {(problems.All(p => p.IsWarning) ? (Html)$"""<p class="fine">No mistakes.</p>""" : Html.None)}
                    <ul class="problems">{problems.Select(p =>
                        (Html)
                            $"""<li class="{(p.IsWarning ? "warn" : "bad")}"><button type="button" class="jump" data-line="{p.Line ?? 1}" data-column="{p.Column ?? 1}">{p.Line ?? 1}:{p.Column ?? 1}</button> <b>{p.Code}</b> {p.Message}</li>"""
                    )}</ul>
                    """;
}
