using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Tests;

/// <summary>The house rules that the assemblies can be asked for.</summary>
public sealed class HouseRulesTypes
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Core = typeof(Lifecycle).Assembly;

    private static readonly string[] Libraries =
    [
        "Cronos",
        "NodaTime",
        "YamlDotNet",
        "Polly.Core",
        "Microsoft.Extensions.Logging.Abstractions",
    ];

    private static readonly Type[] Holes =
    [
        typeof(Identifier),
        typeof(TableName),
        typeof(SqlText),
        typeof(BoundSql),
        typeof(string),
        typeof(long),
        typeof(double),
        typeof(decimal),
        typeof(bool),
        typeof(Guid),
        typeof(Instant),
    ];

    [Fact]
    public void Varve_stands_on_no_driver_host_or_screen() =>
        HouseRulesSource.Hold(
            "Varve.dll references the framework, Cronos, NodaTime, YamlDotNet and Polly.Core only.",
            Core.GetReferencedAssemblies()
                .Select(a => a.Name!)
                .Where(name => name != "System" && !name.StartsWith("System.", StringComparison.Ordinal) && !Libraries.Contains(name))
        );

    [Fact]
    public void Records_are_sealed_or_closed_families() =>
        HouseRulesSource.Hold(
            "A record is sealed, or abstract with a private constructor.",
            new[] { Core, Assembly.Load("Varve.CrateDb"), Assembly.Load("Varve.DuckDb") }
                .SelectMany(a => a.GetTypes())
                .Where(IsRecord)
                .Where(type => !type.IsSealed && !(type.IsAbstract && Constructors(type).All(c => c.IsPrivate)))
                .Select(type => type.FullName!)
        );

    [Fact]
    public void An_engine_has_at_most_eight_members_and_no_default_ones()
    {
        var members = typeof(IEngine).GetMembers(Own).Where(m => m is not MethodInfo { IsSpecialName: true }).ToList();
        Assert.True(members.Count <= 8, $"IEngine has {members.Count} members: {string.Join(", ", members.Select(m => m.Name))}");
        Assert.All(typeof(IEngine).GetMethods(Own), method => Assert.True(method.IsAbstract, $"{method.Name} has a body"));
    }

    [Fact]
    public void Only_a_closed_set_of_values_fits_into_a_statement() =>
        HouseRulesSource.Hold(
            "A hole of SqlText takes one value of a closed type: no object, no generic, no format.",
            typeof(SqlText)
                .GetMethods(Own)
                .Where(m => m.Name == nameof(SqlText.AppendFormatted))
                .Where(m =>
                    m.IsGenericMethod
                    || m.GetParameters() is not [{ ParameterType: var type }]
                    || !(Holes.Contains(type) || m.GetCustomAttribute<ObsoleteAttribute>() is { IsError: true })
                )
                .Select(m => m.ToString()!)
        );

    [Fact]
    public void Text_becomes_a_statement_only_as_a_constant() =>
        HouseRulesSource.Hold(
            "Text that becomes SQL as it is must be a constant of the program, and there is no other door.",
            typeof(SqlText)
                .GetMethods(Own)
                .Concat<MethodBase>(typeof(SqlText).GetConstructors(Own))
                .Where(m =>
                    m.Name != nameof(SqlText.AppendFormatted)
                    && (m.IsConstructor || m.Name == nameof(SqlText.AppendLiteral) || Returned(m) == typeof(SqlText))
                )
                .Where(m => m.GetParameters().Any(p => !MayBeText(p)))
                .Select(m => m.ToString()!)
        );

    [Fact]
    public void Literals_are_appended_by_the_compiler_only() =>
        HouseRulesSource.Hold(
            "Write an interpolated string; do not call AppendLiteral.",
            HouseRulesSource
                .Files("*.cs", "src")
                .SelectMany(f => f.Code)
                .Where(line => line.Text.Contains(".AppendLiteral(", StringComparison.Ordinal))
                .Select(line => $"{line.Place}: {line.Text.Trim()}")
        );

    [Fact]
    public void What_a_person_wrote_becomes_a_statement_through_one_door() =>
        HouseRulesSource.Hold(
            "OperatorSql is read by QueryReader, becomes a BoundSql in QueryWork, and a BoundSql becomes a SqlText in WindowSql: nowhere else.",
            Core.GetTypes()
                .SelectMany(type => HouseRulesBodies.MembersNamedBy(type).Select(m => (Type: Outer(type), Member: m)))
                .Where(named =>
                    named.Type.Namespace == "Varve.Sql"
                        ? named.Member is MethodInfo { Name: nameof(SqlText.AppendFormatted) } door
                            && Takes(door, typeof(BoundSql))
                            && named.Type.Name != "WindowSql"
                        : named.Member switch
                        {
                            MethodInfo { Name: nameof(OperatorSql.TryParse) } read when read.DeclaringType == typeof(OperatorSql) => named
                                .Type
                                .Name != "QueryReader",
                            MethodInfo { Name: nameof(OperatorSql.For) } bound when bound.DeclaringType == typeof(OperatorSql) => named
                                .Type
                                .Name != "QueryWork",
                            MethodBase made
                                when made.DeclaringType == typeof(BoundSql)
                                    || made is MethodInfo { Name: nameof(SqlText.AppendFormatted) } && Takes(made, typeof(BoundSql)) =>
                                true,
                            _ => false,
                        }
                )
                .Select(named => $"{named.Type.FullName} → {named.Member.DeclaringType!.Name}.{named.Member.Name}")
        );

    [Fact]
    public void Other_projects_do_not_name_what_a_person_wrote() =>
        HouseRulesSource.Hold(
            "OperatorSql and BoundSql are for the library's own query floor.",
            HouseRulesSource
                .Files("*.cs", "src")
                .Where(f => !f.Path.StartsWith("src/Varve/", StringComparison.Ordinal))
                .SelectMany(f => f.Code)
                .Where(line =>
                    line.Text.Contains(nameof(OperatorSql), StringComparison.Ordinal)
                    || line.Text.Contains(nameof(BoundSql), StringComparison.Ordinal)
                    || line.Text.Contains(".Sql.For(", StringComparison.Ordinal)
                )
                .Select(line => $"{line.Place}: {line.Text.Trim()}")
        );

    [Fact]
    public void The_door_for_what_a_person_wrote_is_in_use() =>
        Assert.Equal(
            ["QueryReader", "QueryWork", "WindowSql"],
            Core.GetTypes()
                .Where(type =>
                    HouseRulesBodies
                        .MembersNamedBy(type)
                        .OfType<MethodInfo>()
                        .Any(m =>
                            (m.DeclaringType == typeof(OperatorSql) && m.Name is nameof(OperatorSql.TryParse) or nameof(OperatorSql.For))
                            || (m.Name == nameof(SqlText.AppendFormatted) && Takes(m, typeof(BoundSql)))
                        )
                )
                .Select(type => Outer(type).Name)
                .Distinct()
                .Order()
        );

    [Fact]
    public void Statements_are_made_only_where_sql_is_spoken() =>
        HouseRulesSource.Hold(
            "SqlText is made in Sql, Catalog and Engines only.",
            Core.GetTypes()
                .Where(type =>
                    type.FullName is { } name
                    && !new[] { "Varve.Sql.", "Varve.Catalog.", "Varve.Engines." }.Any(part =>
                        name.StartsWith(part, StringComparison.Ordinal)
                    )
                )
                .Where(type => HouseRulesBodies.MembersNamedBy(type).Any(m => m is ConstructorInfo && m.DeclaringType == typeof(SqlText)))
                .Select(type => type.FullName!)
        );

    // Closures and state machines are of the type around them.
    private static Type Outer(Type type) => type.DeclaringType is { } outer ? Outer(outer) : type;

    private static bool Takes(MethodBase method, Type type) => method.GetParameters() is [{ ParameterType: var taken }] && taken == type;

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Own) is not null;

    // The copy constructor of a record is protected and makes no new case.
    private static IEnumerable<ConstructorInfo> Constructors(Type type) =>
        type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(c => !(c.GetParameters() is [{ ParameterType: var copied }] && copied == type));

    private static Type? Returned(MethodBase method) => (method as MethodInfo)?.ReturnType;

    private static bool MayBeText(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(string)
            ? parameter.GetCustomAttribute<ConstantExpectedAttribute>() is not null
            : parameter.ParameterType == typeof(int)
                || parameter.ParameterType == typeof(SqlText)
                || parameter.ParameterType == typeof(IEnumerable<SqlText>)
                || parameter.ParameterType == typeof(IReadOnlyList<SqlText>)
                || parameter.ParameterType == typeof(SqlText[])
                || parameter.ParameterType == typeof(Identifier)
                || parameter.ParameterType == typeof(TableName);
}
