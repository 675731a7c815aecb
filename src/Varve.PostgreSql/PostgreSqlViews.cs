using System.Security.Cryptography;
using System.Text;
using Varve.Policies;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// Views in the place of views. PostgreSQL lets nobody change or drop what a view reads, and CREATE OR REPLACE VIEW takes
/// columns at the end only. So what a view reads of a table that is not Varve's stands in a function, whose text PostgreSQL
/// looks at when it is called, with the rights of who calls; and where a view cannot be replaced, it and those that read it are
/// dropped and made again in the same transaction, with the rights that were given on them. One that belongs to somebody else,
/// or that holds rows, is not dropped: the server refuses that.
/// </summary>
internal static class PostgreSqlViews
{
    /// <summary>Statements that drop every view that reads a relation, those first that nobody reads, and that make them again.</summary>
    private static SqlText Collect(TableName relation, bool itself) =>
        $$"""
            WITH RECURSIVE varve_readers AS (
              SELECT c.oid, 0 AS depth FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {{relation.Schema}} AND c.relname = {{relation.Name}}
              UNION ALL
              SELECT r.ev_class, v.depth + 1 FROM varve_readers v
              JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid AND d.classid = 'pg_rewrite'::regclass
              JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
            ), varve_views AS (
              SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relacl, c.reloptions, max(v.depth) AS depth
              FROM varve_readers v JOIN pg_class c ON c.oid = v.oid AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY c.oid, n.nspname, c.relname
            )
            SELECT (SELECT array_agg('DROP VIEW ' || name ORDER BY depth DESC) FROM varve_views WHERE {{itself}} OR depth > 0),
                   (SELECT array_agg(format('CREATE VIEW %s%s AS %s', name, ' WITH (' || array_to_string(reloptions, ', ') || ')', pg_get_viewdef(oid)) ORDER BY depth) FROM varve_views WHERE depth > 0)
                   || (SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
                       FROM varve_views, aclexplode(relacl) a WHERE {{itself}} OR depth > 0)
            INTO varve_gone, varve_again;
            """;

    public static SqlText Replace(TableName view, IReadOnlyList<(SqlText Query, bool IsOfOthers)> parts)
    {
        var open = OpenOf(view);
        var reads = SqlText.Join(" UNION ALL ", parts.Select(p => p.IsOfOthers ? Called(open) : p.Query));
        var others = parts.Where(p => p.IsOfOthers).Select(p => p.Query).ToList();
        var (drop, make) = (SqlText.Empty, SqlText.Empty);
        if (others.Count > 0)
            (drop, make) = ($"DROP FUNCTION IF EXISTS {open}();", Make(open, SqlText.Join(" UNION ALL ", others)));
        return $$"""
            DO $varve_view$
            DECLARE
              varve_step text;
              varve_gone text[];
              varve_again text[];
              varve_body text;
              varve_columns text;
            BEGIN
              FOR varve_try IN 1..2 LOOP
                BEGIN
                  IF varve_try = 2 THEN
                    {{Collect(view, itself: true)}}
                    FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
                    {{drop}}
                  END IF;
                  {{make}}
                  CREATE OR REPLACE VIEW {{view}} AS {{reads}};
                  FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
                  EXIT;
                EXCEPTION WHEN invalid_table_definition OR invalid_function_definition THEN
                  IF varve_try = 2 THEN RAISE; END IF;
                END;
              END LOOP;
            END
            $varve_view$
            """;
    }

    /// <summary>
    /// Columns that only the table beside has are added; of columns that have another type there, the type is changed under the
    /// views that read them.
    /// </summary>
    public static SqlText TakeOver(TableName table, TableName beside) =>
        $$"""
            DO $varve_view$
            DECLARE
              varve_step text;
              varve_gone text[];
              varve_again text[];
              varve_adds text[];
              varve_changes text[];
            BEGIN
              SELECT array_agg(format('ALTER TABLE %s ADD COLUMN %I %s', varve_old.name, n.attname, format_type(n.atttypid, n.atttypmod)) ORDER BY n.attnum) FILTER (WHERE o.attname IS NULL),
                     array_agg(format('ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %I::%s', varve_old.name, n.attname, format_type(n.atttypid, n.atttypmod), n.attname, format_type(n.atttypid, n.atttypmod)) ORDER BY n.attnum)
                       FILTER (WHERE (o.atttypid, o.atttypmod) <> (n.atttypid, n.atttypmod))
              INTO varve_adds, varve_changes
              FROM (SELECT c.oid, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = {{table.Schema}} AND c.relname = {{table.Name}}) varve_old
              CROSS JOIN (SELECT c.oid FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = {{beside.Schema}} AND c.relname = {{beside.Name}}) varve_new
              JOIN pg_attribute n ON n.attrelid = varve_new.oid AND n.attnum > 0 AND NOT n.attisdropped
              LEFT JOIN pg_attribute o ON o.attrelid = varve_old.oid AND o.attname = n.attname AND o.attnum > 0 AND NOT o.attisdropped;
              FOREACH varve_step IN ARRAY coalesce(varve_adds, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
              IF varve_changes IS NOT NULL THEN
                {{Collect(table, itself: false)}}
                FOREACH varve_step IN ARRAY coalesce(varve_gone, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
                FOREACH varve_step IN ARRAY varve_changes LOOP EXECUTE varve_step; END LOOP;
                FOREACH varve_step IN ARRAY coalesce(varve_again, ARRAY[]::text[]) LOOP EXECUTE varve_step; END LOOP;
              END IF;
              DROP TABLE {{beside}};
            END
            $varve_view$
            """;

    /// <summary>
    /// The function that a view reads tables of others by; named by its view, which may have a name as long as a name can be.
    /// </summary>
    internal static TableName OpenOf(TableName view) =>
        view with
        {
            Name = $"varve_open_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(view.Name)).AsSpan(0, 8))}",
        };

    private static SqlText Called(TableName open) => $"SELECT * FROM {open}()";

    /// <summary>The types of its columns are those that the query has now.</summary>
    private static SqlText Make(TableName open, SqlText query) =>
        $$"""
            varve_body := $varve_open$ {{query}} $varve_open$;
            EXECUTE 'CREATE TEMPORARY VIEW varve_types AS ' || varve_body;
            SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) INTO varve_columns
            FROM pg_attribute a WHERE a.attrelid = 'pg_temp.varve_types'::regclass AND a.attnum > 0;
            DROP VIEW pg_temp.varve_types;
            EXECUTE format('CREATE OR REPLACE FUNCTION %I.%I() RETURNS TABLE (%s) LANGUAGE sql STABLE AS %L', {{open.Schema}}, {{open.Name}}, varve_columns, varve_body);
            """;
}
