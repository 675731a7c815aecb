namespace Varve.Packaging;

/// <summary>What is to be packaged is not as it must be; the message says what to do.</summary>
internal sealed class PackagingException(string message) : Exception(message);
