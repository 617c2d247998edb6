namespace OrleansKd.Contracts;

/// <summary>Where and how people sign in to a server; told to anybody.</summary>
/// <param name="Authority">The OpenID Connect authority whose tokens the server takes.</param>
/// <param name="ClientId">What programs call themselves there.</param>
/// <param name="Scopes">What programs ask for there.</param>
public sealed record SignInSummary(string Authority, string ClientId, string[] Scopes);
