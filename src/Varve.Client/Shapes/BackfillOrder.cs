// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>BackfillOrder of the API.</summary>
public enum BackfillOrder
{
    /// <summary><c>oldest-first</c> in JSON.</summary>
    OldestFirst,

    /// <summary><c>newest-first</c> in JSON.</summary>
    NewestFirst,
}
