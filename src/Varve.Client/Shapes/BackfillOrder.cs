// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>BackfillOrder of the API.</summary>
public enum BackfillOrder
{
    /// <summary>OldestFirst.</summary>
    OldestFirst,

    /// <summary>NewestFirst.</summary>
    NewestFirst,
}
