using OrleansKd.Contracts;

namespace OrleansKd.Agent.Api;

/// <summary>The caller's service tokens.</summary>
public sealed partial class SessionsClient
{
    public Task<TokenSummary[]> GetTokensAsync(CancellationToken cancellationToken) => Get<TokenSummary[]>(Routes.Tokens, cancellationToken);

    /// <summary>When its answer is lost, a token may be there that nobody has: the list shows it, and it can be revoked.</summary>
    public async Task<MadeToken> MakeTokenAsync(MakeTokenRequest request, CancellationToken cancellationToken)
    {
        using var message = Request(HttpMethod.Post, Routes.Tokens, request);
        using var response = await Send(message, cancellationToken);
        return await Read<MadeToken>(response, cancellationToken);
    }

    public Task RevokeTokenAsync(string tokenId, CancellationToken cancellationToken) => Delete(Routes.ForToken(tokenId), cancellationToken);
}
