using Microsoft.Extensions.Logging;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Users;

/// <summary>The account's service tokens.</summary>
internal sealed partial class UserGrain
{
    public async Task<Outcome<TokenView>> MakeToken(NewToken token)
    {
        Refusal? refusal = null;
        var now = time.GetUtcNow();
        // Decided on what is stored when its turn comes.
        await StoreAsync(state => (refusal = TokenRules.CheckMake(state, token, now)) is null ? TokenRules.Make(state, token, now) : state);
        if (refusal is not null)
            return refusal;
        LogTokenMade(Id, token.Proof.TokenId);
        return TokenRules.ViewOf(user.Tokens.Find(kept => kept.Id == token.Proof.TokenId)!);
    }

    public Task<TokenView[]> ListTokens() => Task.FromResult<TokenView[]>([.. user.Tokens.Select(TokenRules.ViewOf)]);

    public async Task<Outcome<Done>> RevokeToken(string tokenId)
    {
        var isThere = false;
        await StoreAsync(state =>
        {
            isThere = state.Tokens.Exists(kept => kept.Id == tokenId);
            return TokenRules.Revoke(state, tokenId);
        });
        if (!isThere)
            return TokenRules.NotFound(tokenId);
        LogTokenRevoked(Id, tokenId);
        return new Done();
    }

    public Task<Outcome<TokenBearer>> ProveToken(TokenProof proof, TokenNeed need)
    {
        var token = TokenRules.Prove(user, proof, need, Organizations, time.GetUtcNow());
        return Task.FromResult<Outcome<TokenBearer>>(token.Refusal is { } refusal ? refusal : new TokenBearer(Account, token.Value!));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {User}: service token {Token} was made.")]
    private partial void LogTokenMade(UserId user, string token);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {User}: service token {Token} was revoked.")]
    private partial void LogTokenRevoked(UserId user, string token);
}
