using System.Reflection;
using System.Reflection.Emit;

namespace Varve.Tests;

/// <summary>What a type names: in its declaration, in the signatures of its members, and in their bodies.</summary>
internal static class HouseRulesBodies
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodeOf = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Every type that a type names, those of its closures and iterators included when they are asked too.</summary>
    internal static IEnumerable<Type> TypesNamedBy(Type type) =>
        Declared(type).Concat(MembersNamedBy(type).SelectMany(OfMember)).SelectMany(Parts).Distinct();

    /// <summary>Every member that the bodies of a type's methods name.</summary>
    internal static IEnumerable<MemberInfo> MembersNamedBy(Type type) =>
        Methods(type).SelectMany(method => Tokens(method).Select(token => Resolve(method, token))).OfType<MemberInfo>();

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));

    private static IEnumerable<Type?> Declared(Type type) =>
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Own).Select(f => f.FieldType),
            .. type.GetProperties(Own).Select(p => p.PropertyType),
            .. Methods(type).SelectMany(Signature),
            .. Methods(type).SelectMany(m => m.GetMethodBody()?.LocalVariables.Select(l => l.LocalType) ?? []),
        ];

    private static IEnumerable<Type?> Signature(MethodBase method) =>
        [(method as MethodInfo)?.ReturnType, .. method.GetParameters().Select(p => p.ParameterType)];

    private static IEnumerable<Type?> OfMember(MemberInfo member) =>
        member switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType, field.FieldType],
            MethodInfo { IsGenericMethod: true } method => [method.DeclaringType, .. Signature(method), .. method.GetGenericArguments()],
            MethodBase method => [method.DeclaringType, .. Signature(method)],
            _ => [member.DeclaringType],
        };

    // List<Foo[]> names List<> and Foo.
    private static IEnumerable<Type> Parts(Type? type) =>
        type switch
        {
            null or { IsGenericParameter: true } => [],
            { HasElementType: true } => Parts(type.GetElementType()),
            { IsConstructedGenericType: true } => [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)],
            _ => [type],
        };

    private static MemberInfo? Resolve(MethodBase method, int token) =>
        method.Module.ResolveMember(
            token,
            method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null,
            method.IsGenericMethod ? method.GetGenericArguments() : null
        );

    private static IEnumerable<int> Tokens(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? unchecked((short)((code[at] << 8) | code[at + 1])) : code[at];
            at += code[at] == 0xFE ? 2 : 1;
            var kind = OpCodeOf[value].OperandType;
            if (kind is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return BitConverter.ToInt32(code, at);
            }

            at += Size(kind, code, at);
        }
    }

    private static int Size(OperandType kind, byte[] code, int at) =>
        kind switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
            _ => 4,
        };
}
