using System.Text;

namespace Varve.Packaging;

/// <summary>Manual pages of section 1: one of the program, and one for each of its commands, from the page of all commands.</summary>
internal static class ManualPages
{
    private const string Short = "lifecycle of time-series tables: roll up, prove, expire";

    // Troff's own words for what a terminal would otherwise fold, join or take for a request.
    private static readonly (string Plain, string Troff)[] s_escapes = [("\\", "\\e"), ("-", "\\-"), ("…", "..."), ("≈", "~"), ("`", "")];

    /// <summary>Writes them.</summary>
    /// <param name="help">What <c>varve help --all</c> prints.</param>
    /// <param name="version">Shown at the foot of each.</param>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <exception cref="PackagingException">The text has no commands.</exception>
    internal static void Write(string help, string version, string folder)
    {
        var commands = HelpSection.Of(help);
        if (commands.Count == 0)
            throw new PackagingException("The text has no commands: give what `varve help --all` prints.");
        Directory.CreateDirectory(folder);
        foreach (var command in commands)
            File.WriteAllText(Path.Combine(folder, $"{Page(command)}.1"), Of(command, version));
        File.WriteAllText(Path.Combine(folder, "varve.1"), Overview(commands, HelpSection.Preface(help), version));
    }

    private static string Page(HelpSection command) => command.Command.Replace(' ', '-');

    private static string Of(HelpSection command, string version)
    {
        var page = Head(Page(command), version).Append($".SH NAME\n{Text(Page(command))} \\- {Text(Decapitalized(command.Description))}\n");
        page.Append($".SH SYNOPSIS\n.nf\n{string.Concat(command["Usage"].Select(l => Line(l.Trim())))}.fi\n");
        page.Append($".SH DESCRIPTION\n{Line(command.Description + ".")}");
        foreach (var title in new[] { "Arguments", "Options" }.Where(t => command[t].Count > 0))
        {
            page.Append($".SH {title.ToUpperInvariant()}\n");
            foreach (var (term, said) in command.Entries(title))
                page.Append($".TP\n.B {Text(term)}\n{Line(said)}");
        }

        if (command["Examples"].Count > 0)
            page.Append($".SH EXAMPLES\n.nf\n{string.Concat(command["Examples"].Select(l => Line(l.Trim())))}.fi\n");
        return page.Append(".SH SEE ALSO\n.BR varve (1)\n").ToString();
    }

    private static string Overview(IReadOnlyList<HelpSection> commands, string exitCodes, string version)
    {
        var page = Head("varve", version).Append($".SH NAME\nvarve \\- {Short}\n.SH SYNOPSIS\n.B varve\n.I COMMAND\n[options]\n");
        page.Append(
            ".SH DESCRIPTION\nA policy says how long the rows of a table stay, which coarser tiers they are rolled up into, and when each of those expires.\n"
        );
        page.Append(
            ".B varve plan\nshows what that means now,\n.B varve run\ndoes it, and proves every step before rows go.\n.B varve serve\ndoes it by the schedules of the policies.\n.SH COMMANDS\n"
        );
        foreach (var command in commands)
            page.Append($".TP\n.BR {Text(Page(command))} (1)\n{Line(command.Description + ".")}");
        page.Append($".SH EXIT STATUS\n{Line(exitCodes)}");
        page.Append(
            ".SH FILES\n.TP\n.I /etc/varve/serve.yaml\nThe configuration of varve.service.\n.TP\n.I /etc/varve/environment\nVariables of varve.service and varve\\-run.service: passwords, and VARVE_DB.\n"
        );
        page.Append(
            ".SH ENVIRONMENT\n.TP\n.B VARVE_DB\nThe database, where \\-\\-db names none.\n.TP\n.B VARVE_HOME\nThe own database of varve serve.\n"
        );
        return page.ToString();
    }

    private static StringBuilder Head(string name, string version) =>
        new($".TH {Text(name.ToUpperInvariant())} 1 \"\" \"Varve {Text(version)}\" \"Varve\"\n.nh\n.ad l\n");

    private static string Decapitalized(string text) => $"{char.ToLowerInvariant(text[0])}{text[1..]}";

    private static string Line(string text) =>
        Text(text) is var line && line.Length > 0 && line[0] is '.' or '\'' ? $"\\&{line}\n" : $"{line}\n";

    private static string Text(string text) =>
        s_escapes.Aggregate(text, (said, escape) => said.Replace(escape.Plain, escape.Troff, StringComparison.Ordinal));
}
