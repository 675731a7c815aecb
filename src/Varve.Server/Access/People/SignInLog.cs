namespace Varve.Server.Access.People;

/// <summary>What is logged of people who sign in; never what the provider sent.</summary>
internal static partial class SignInLog
{
    [LoggerMessage(60, LogLevel.Warning, "a sign-in with OpenID Connect failed: {Kind}")]
    internal static partial void SignInFailed(this ILogger log, string kind);
}
