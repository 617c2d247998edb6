using OpenIddict.Abstractions;
using OpenIddict.Server;
using OrleansKd.SignIn.Attempts;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OrleansKd.SignIn.Protocol;

/// <summary>The codes that terminals show.</summary>
internal sealed class UserCodes(IOpenIddictTokenManager tokens, TimeProvider time)
{
    /// <summary>Whether a device waits with this code: nobody has decided, and its time is not over.</summary>
    /// <param name="code">As <see cref="DeviceCode.Normalize"/> gives it.</param>
    public async Task<bool> IsPendingAsync(string code, CancellationToken cancellationToken) =>
        await tokens.FindByReferenceIdAsync(code, cancellationToken) is { } token
        && await tokens.HasTypeAsync(token, TokenTypeIdentifiers.Private.UserCode, cancellationToken)
        && await tokens.HasStatusAsync(token, Statuses.Valid, cancellationToken)
        && await tokens.GetExpirationDateAsync(token, cancellationToken) > time.GetUtcNow();
}

/// <summary>
/// OpenIddict takes a code that comes again for a stolen one, and ends the sign-in that it was used for. But a link with a code is opened again by
/// accident, and others may know it: only codes that wait reach it.
/// </summary>
internal sealed class PendingCodesOnly(UserCodes codes) : IOpenIddictServerHandler<ExtractEndUserVerificationRequestContext>
{
    public async ValueTask HandleAsync(ExtractEndUserVerificationRequestContext context)
    {
        if (context.Request?.UserCode is { } entered && !(DeviceCode.Normalize(entered) is { } code && await codes.IsPendingAsync(code, context.CancellationToken)))
            context.Request.UserCode = null;
    }
}
