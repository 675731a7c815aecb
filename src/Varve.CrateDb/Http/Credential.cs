using System.Net.Http.Headers;
using System.Text;

namespace Varve.CrateDb.Http;

/// <summary>How the client says who it is. A closed family; no member prints its secret.</summary>
internal abstract class Credential
{
    private Credential() { }

    /// <summary>The header; null for nobody.</summary>
    public virtual AuthenticationHeaderValue? Header => null;

    /// <summary>Every spelling of the secret that could turn up in a text.</summary>
    public virtual IReadOnlyList<string> Secrets => [];

    /// <summary>Nobody: the server takes its own default user.</summary>
    public sealed class Nobody : Credential;

    /// <summary>User and password.</summary>
    public sealed class Basic(string user, string password) : Credential
    {
        private readonly string _encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

        /// <inheritdoc/>
        public override AuthenticationHeaderValue Header => new("Basic", _encoded);

        /// <inheritdoc/>
        public override IReadOnlyList<string> Secrets => password.Length == 0 ? [] : [_encoded, password, Uri.EscapeDataString(password)];
    }

    /// <summary>A JSON web token.</summary>
    public sealed class Token(string token) : Credential
    {
        /// <inheritdoc/>
        public override AuthenticationHeaderValue Header => new("Bearer", token);

        /// <inheritdoc/>
        public override IReadOnlyList<string> Secrets => [token];
    }
}
