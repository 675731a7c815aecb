// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What a secret is good for.</summary>
public enum TokenKind
{
    /// <summary><c>token</c> in JSON.</summary>
    Token,

    /// <summary><c>login</c> in JSON.</summary>
    Login,

    /// <summary><c>session</c> in JSON.</summary>
    Session,
}
