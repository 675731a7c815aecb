using Varve.Catalog;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Applying;

/// <summary>What patterns come to: a policy for each table that they match. Nothing is written.</summary>
internal sealed class PatternExpander(IEngine engine, CatalogStore desk, PolicyChecker check)
{
    /// <summary>What the stored patterns come to; policies that follow theirs already are not looked at again.</summary>
    public Task<IReadOnlyList<PatternExpansion>> ExpandAsync(CatalogSnapshot shelf, CancellationToken cancellationToken) =>
        ExpandAsync([.. shelf.Patterns.Select(Document)], [], shelf, again: false, cancellationToken);

    /// <summary>What patterns of files come to, beside the policies of the same files.</summary>
    public async Task<IReadOnlyList<PatternExpansion>> ExpandAsync(
        IReadOnlyList<PolicyDocument> documents,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        var patterns = documents.Where(d => d.Policy.Table.IsPattern).ToList();
        return patterns.Count == 0
            ? []
            : await ExpandAsync(patterns, [.. documents.Except(patterns)], shelf, again: true, cancellationToken);
    }

    private async Task<IReadOnlyList<PatternExpansion>> ExpandAsync(
        IReadOnlyList<PolicyDocument> patterns,
        IReadOnlyList<PolicyDocument> others,
        CatalogSnapshot shelf,
        bool again,
        CancellationToken cancellationToken
    )
    {
        if (patterns.Count == 0)
            return [];
        var (all, schema) = await engine.TransactAsync(
            async (s, token) =>
                (await desk.BaseTablesAsync(s, token), (await s.QueryAsync(TablesSql.DefaultSchema(engine.Dialect), token))[0].Text(0)),
            Scope.Reading,
            cancellationToken
        );
        TableName Whole(TableName table) => table.Schema is null ? new(schema, table.Name) : table;
        bool IsOf(Policy policy, TableName table) => shelf.Same(Whole(policy.Table), table);

        // What has a policy of its own is nobody else's.
        var own = others.Select(d => d.Policy).Concat(shelf.Policies.Where(p => p.Pattern is null).Select(p => p.Policy)).ToList();
        var tables = all.Where(t => !shelf.IsOwn(t) && !own.Any(p => IsOf(p, t))).ToList();
        var stored = shelf.Policies.Where(p => p.Pattern is not null && others.All(d => d.Policy.Name != p.Policy.Name)).ToList();
        var matching = new PatternMatching(
            [
                .. patterns.Select(p => p.Policy),
                .. shelf.Patterns.Select(p => p.Policy).Where(p => patterns.All(d => d.Policy.Name != p.Name)),
            ],
            schema,
            shelf.IgnoresCase
        );
        List<PatternExpansion> expansions = [];
        foreach (var pattern in patterns)
        {
            var before = shelf.FindPattern(pattern.Policy.Name);
            var followers = stored
                .Where(p => p.Pattern == pattern.Policy.Name)
                .ToLookup(p => matching.Means(pattern.Policy, Whole(p.Policy.Table)));
            List<PatternMember> members =
            [
                .. followers[true].Where(p => !all.Any(t => IsOf(p.Policy, t))).Select(p => new PatternMember.Gone(p)),
            ];
            foreach (var match in matching.Of(pattern.Policy, tables, t => stored.Find(p => IsOf(p.Policy, t))?.Pattern))
            {
                var mine = followers[true].FirstOrDefault(p => IsOf(p.Policy, Whole(match.Table)));
                members.Add(
                    mine is not null && !again && mine.PatternRevision == before?.Revision
                        ? new PatternMember.Kept(mine, pattern.Policy)
                        : await DeriveAsync(pattern, match, mine, shelf, cancellationToken)
                );
            }

            expansions.Add(new(pattern, before, members, [.. followers[false]]));
        }

        return expansions;
    }

    private async Task<PatternMember> DeriveAsync(
        PolicyDocument pattern,
        MatchedTable match,
        StoredPolicy? before,
        CatalogSnapshot shelf,
        CancellationToken cancellationToken
    )
    {
        var table = before?.Policy.Table ?? match.Table;
        if (match.Rival is { } rival)
            return Left(
                new(
                    PolicyCodes.OneEach,
                    $"The pattern {rival.Name} ({rival.Table.Text}) matches it too, and a table belongs to exactly one policy. Name it under `except` of one of them."
                )
            );
        var name = before?.Policy.Name ?? table.Text;
        if (before is null && shelf.Find(name) is { } taken)
            return Left(new(PolicyCodes.OneEach, $"The name `{name}` is taken by the policy for {taken.Policy.Table.Text}."));
        if (await Look.DescribeAsync(engine, table, cancellationToken) is not { } description)
            return Left(LayoutRules.NoTable(pattern.Policy with { Table = table }, []));

        // A column that this table has not, or has with a type that cannot be measured so, ends nothing else.
        var unfit = (pattern.Policy.Measures ?? [])
            .Select(m => (Measure: m, Why: LayoutRulesMeasures.Unfit(m, description)))
            .Where(m => m.Why is not null)
            .ToList();
        var measures = pattern.Policy.Measures?.Except(unfit.Select(u => u.Measure)).ToList();
        if (measures is [] && unfit.Count > 0)
            return Refused([unfit[0].Why!]);
        var document = pattern with { Policy = pattern.Policy with { Name = name, Table = table, Except = [], Measures = measures } };
        var now = await check.CheckAsync(document, shelf, cancellationToken) with { Pattern = pattern.Policy.Name };
        if (now.Errors.Count > 0)
            return Refused(now.Errors);
        var report = now.Report with { Problems = [.. now.Report.Problems.Select(p => p with { Message = $"{table.Text}: {p.Message}" })] };
        return new PatternMember.Follows(before, now with { Report = report }, [.. unfit.Select(u => u.Why!)]);

        PatternMember Refused(IReadOnlyList<Problem> problems) =>
            before is null ? Left(problems[0]) : new PatternMember.Behind(before, new(problems));
        PatternMember.LeftOut Left(Problem why) => new(table, pattern.Policy.Name, why);
    }

    private static PolicyDocument Document(StoredPolicy pattern) =>
        new(pattern.Policy, pattern.Yaml, new Dictionary<string, SourcePosition>());
}
