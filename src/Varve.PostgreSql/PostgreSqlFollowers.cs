using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// What else the server does when rows of a table are deleted: foreign keys of other tables, triggers, rules. All of them are
/// found by the table itself, without a look at every constraint there is.
/// </summary>
internal static class PostgreSqlFollowers
{
    private const char Field = '\u001f';
    private const char Line = '\u001e';

    /// <summary>For the relation c of pg_class: what follows a DELETE, line by line; NULL where nothing does.</summary>
    public static SqlText Of =>
        $"""
            (SELECT string_agg(f.kind || chr(31) || f.name, chr(30) ORDER BY f.kind, f.name) FROM (
               SELECT DISTINCT CASE WHEN NOT g.tgisinternal THEN 'trigger' WHEN p.proname LIKE 'RI\_FKey\_cascade\_del' THEN 'cascade'
                                    WHEN p.proname LIKE 'RI\_FKey\_set%\_del' THEN 'set' ELSE 'refers' END AS kind,
                      CASE WHEN g.tgisinternal THEN CAST(k.conrelid::regclass AS TEXT) ELSE g.tgname END AS name
               FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
               WHERE g.tgrelid = c.oid AND g.tgtype & 8 <> 0 AND g.tgenabled IN ('O', 'A') AND (NOT g.tgisinternal OR (p.proname LIKE 'RI\_FKey\_%\_del' AND k.confrelid = c.oid))
               UNION ALL SELECT 'rule', r.rulename FROM pg_rewrite r WHERE c.relhasrules AND r.ev_class = c.oid AND r.ev_type = '4' AND r.ev_enabled IN ('O', 'A')
             ) AS f(kind, name))
            """;

    /// <summary>The same for people.</summary>
    public static IReadOnlyList<string> Read(string? lines) =>
        lines is null
            ? []
            :
            [
                .. lines
                    .Split(Line)
                    .Select(l => l.Split(Field))
                    .Select(l =>
                        l[0] switch
                        {
                            "cascade" =>
                                $"rows of {l[1]} that refer to them go too (ON DELETE CASCADE), and those of a partition that somebody refers to stay",
                            "set" =>
                                $"rows of {l[1]} that refer to them are changed (ON DELETE SET), and those of a partition that somebody refers to stay",
                            "refers" => $"where a row of {l[1]} refers to one of them, none goes, and the step fails",
                            "rule" => $"the rule {l[1]} is followed instead or besides, where rows are deleted one by one",
                            _ => $"the trigger {l[1]} runs where rows are deleted one by one, and not where partitions are dropped",
                        }
                    ),
            ];
}
