using System.Net.Http.Json;
using System.Text.Json;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>What a person needs to let this computer in.</summary>
public sealed class DeviceSignInRequest
{
    internal DeviceSignInRequest(SignInSummary signIn, AuthorityEndpoints endpoints, string deviceCode, TimeSpan interval) =>
        (SignIn, Endpoints, DeviceCode, Interval) = (signIn, endpoints, deviceCode, interval);

    /// <summary>Where to enter <see cref="UserCode"/>.</summary>
    public required Uri Page { get; init; }

    /// <summary>The same with the code in it, for a browser that is opened for them; null: there is none.</summary>
    public required Uri? PageWithCode { get; init; }

    public required string UserCode { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal SignInSummary SignIn { get; }

    internal AuthorityEndpoints Endpoints { get; }

    internal string DeviceCode { get; }

    internal TimeSpan Interval { get; }
}

/// <summary>Signs somebody in without their browser being on this computer (RFC 8628), and out.</summary>
/// <param name="http">For server and authority; not disposed here.</param>
public sealed class DeviceSignIn(HttpClient http, TimeProvider time)
{
    /// <summary>RFC 8628, 3.5: so much longer between two questions, each time that the authority says so, or can't be reached.</summary>
    private static readonly TimeSpan Slower = TimeSpan.FromSeconds(5);

    /// <summary>Asks the server where its people sign in.</summary>
    /// <exception cref="ProblemException">It can't be reached, is no OrleansKd server, or has no TLS.</exception>
    public async Task<SignInSummary> DescribeAsync(Uri server, CancellationToken cancellationToken)
    {
        if (server.Scheme != Uri.UriSchemeHttps && !server.IsLoopback)
            throw new ProblemException(ProblemCodes.NotSignedIn, $"{server} has no TLS, so others on the network could sign in as you. Use its https address.");
        try
        {
            using var answer = await http.GetAsync(new Uri(server, Routes.SignIn), cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw ServerProblems.NotThisServer(server, $"HTTP {(int)answer.StatusCode}");
            return await answer.Content.ReadFromJsonAsync<SignInSummary>(WireJson.Options, cancellationToken) is { ClientId.Length: > 0, Scopes: not null } summary && PageOf(summary.Authority) is not null
                ? summary
                : throw ServerProblems.NotThisServer(server, "it does not say where people sign in, or names an address without TLS");
        }
        catch (JsonException problem)
        {
            throw ServerProblems.NotThisServer(server, problem.Message);
        }
        catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw ServerProblems.Unreachable(server, problem);
        }
    }

    /// <param name="deviceName">Shown to the person who is asked to let it in.</param>
    /// <exception cref="ProblemException">The authority can't be reached, or does not offer this.</exception>
    public async Task<DeviceSignInRequest> BeginAsync(SignInSummary signIn, string deviceName, CancellationToken cancellationToken)
    {
        var authority = new Uri(signIn.Authority);
        var endpoints = await AuthorityEndpoints.ReadAsync(http, authority, cancellationToken);
        if (string.IsNullOrEmpty(endpoints.Device))
            throw new ProblemException(ProblemCodes.NotSignedIn, $"{authority} does not offer to sign in from a terminal (the device authorization grant). Ask the administrator of the server.");
        using var request = new DeviceAuthorizationRequest
        {
            Address = endpoints.Device,
            ClientId = signIn.ClientId,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            Scope = string.Join(' ', signIn.Scopes),
        };
        request.Parameters.Add("device_name", deviceName);
        var answer = await http.RequestDeviceAuthorizationAsync(request, cancellationToken);
        if (answer.IsError || answer.DeviceCode is null || answer.UserCode is null || PageOf(answer.VerificationUri) is not { } page)
            throw AuthorityEndpoints.Unreachable(authority, answer.ErrorDescription ?? answer.Error ?? "it names no page that can be opened safely");
        return new DeviceSignInRequest(signIn, endpoints, answer.DeviceCode, TimeSpan.FromSeconds(Math.Max(1, answer.Interval)))
        {
            Page = page,
            PageWithCode = PageOf(answer.VerificationUriComplete),
            UserCode = VisibleText.From(answer.UserCode),
            ExpiresAt = time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn ?? 300),
        };
    }

    /// <summary>Waits until the person has decided.</summary>
    /// <exception cref="ProblemException">They refused, or did not decide in time.</exception>
    public async Task<ServerSignIn> WaitAsync(DeviceSignInRequest request, CancellationToken cancellationToken)
    {
        var interval = request.Interval;
        while (true)
        {
            var answer = await AskAsync(request, cancellationToken);
            if (!answer.IsError && answer.AccessToken is { Length: > 0 } token)
            {
                return new ServerSignIn
                {
                    Authority = new Uri(request.SignIn.Authority),
                    ClientId = request.SignIn.ClientId,
                    AccessToken = token,
                    ExpiresAt = time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn),
                    RefreshToken = answer.RefreshToken,
                };
            }
            if (answer.Error == OidcConstants.TokenErrors.AccessDenied)
                throw NotSignedIn("it was refused in the browser.");
            if (answer.Error == OidcConstants.TokenErrors.ExpiredToken || time.GetUtcNow() + interval >= request.ExpiresAt)
                throw NotSignedIn("nobody allowed it in time. Start again: orleanskd sign-in");
            if (answer.Error == OidcConstants.TokenErrors.SlowDown || answer.ErrorType != ResponseErrorType.Protocol)
                interval += Slower;
            else if (answer.Error != OidcConstants.TokenErrors.AuthorizationPending)
                throw NotSignedIn($"{request.SignIn.Authority} refused it ({VisibleText.From(answer.ErrorDescription ?? answer.Error ?? "no reason given")}).");
            await Task.Delay(interval, time, cancellationToken);
        }
    }

    /// <summary>Takes a sign-in back at its authority.</summary>
    /// <returns>Null when it was done, else why not.</returns>
    public async Task<string?> RevokeAsync(ServerSignIn signIn, CancellationToken cancellationToken)
    {
        if (signIn.Sealed is not null)
            return "the keychain with its key is locked or can't be reached from here";
        if (string.IsNullOrEmpty(signIn.RefreshToken))
            return null;
        try
        {
            var endpoints = await AuthorityEndpoints.ReadAsync(http, signIn.Authority, cancellationToken);
            if (string.IsNullOrEmpty(endpoints.Revocation))
                return $"{signIn.Authority} has no way to take it back";
            using var request = new TokenRevocationRequest
            {
                Address = endpoints.Revocation,
                ClientId = signIn.ClientId,
                ClientCredentialStyle = ClientCredentialStyle.PostBody,
                Token = signIn.RefreshToken,
                TokenTypeHint = OidcConstants.TokenTypes.RefreshToken,
            };
            var answer = await http.RevokeTokenAsync(request, cancellationToken);
            return answer.IsError ? VisibleText.From(answer.Error ?? "no reason given") : null;
        }
        catch (ProblemException problem)
        {
            return problem.Message;
        }
    }

    private async Task<TokenResponse> AskAsync(DeviceSignInRequest request, CancellationToken cancellationToken)
    {
        using var question = new DeviceTokenRequest
        {
            Address = request.Endpoints.Token,
            ClientId = request.SignIn.ClientId,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            DeviceCode = request.DeviceCode,
        };
        return await http.RequestDeviceTokenAsync(question, cancellationToken);
    }

    /// <summary>A browser is opened with it: nothing but a web page, and no readable one of another machine.</summary>
    private static Uri? PageOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var page) && (page.Scheme == Uri.UriSchemeHttps || (page.Scheme == Uri.UriSchemeHttp && page.IsLoopback)) ? page : null;

    private static ProblemException NotSignedIn(string message) => new(ProblemCodes.NotSignedIn, "not signed in: " + message);
}
