using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Tests.Cluster;

namespace OrleansKd.Grains.Tests.Users;

/// <summary>An account's service tokens, kept with it.</summary>
public sealed class UserTokenTests
{
    private static readonly TokenProof Proof = new("id", "hash");

    [Fact]
    public async Task Token_AfterAnotherActivation_IsStillGood_UntilItIsRevoked()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var user = await SignedInAsync(cluster);
        Assert.Null((await user.MakeToken(New(Proof))).Refusal);
        await cluster.CollectAsync();

        var kept = await user.ProveToken(Proof, new TokenNeed(TokenRight.Host, "lab"));
        Assert.Equal("ann@contoso.example", kept.Value!.Account.Person.Email);
        Assert.Null((await user.RevokeToken(Proof.TokenId)).Refusal);
        Assert.Equal(ProblemCodes.NotSignedIn, (await user.ProveToken(Proof, TokenNeed.ToBeValid)).Refusal?.Code);
        Assert.Equal(ProblemCodes.TokenNotFound, (await user.RevokeToken(Proof.TokenId)).Refusal?.Code);
        await cluster.CollectAsync();

        Assert.Equal(ProblemCodes.NotSignedIn, (await user.ProveToken(Proof, TokenNeed.ToBeValid)).Refusal?.Code);
        Assert.Empty(await user.ListTokens());
    }

    /// <summary>Made at the same moment they are counted one after the other.</summary>
    [Fact]
    public async Task MakeToken_WhenManyAreMadeAtOnce_KeepsAsManyAsThereMayBe()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var user = await SignedInAsync(cluster);

        var made = await Task.WhenAll(Enumerable.Range(0, Limits.Tokens + 20).Select(i => user.MakeToken(New(new TokenProof($"{i}", "hash")))));

        Assert.Equal(Limits.Tokens, made.Count(outcome => outcome.Refusal is null));
        Assert.All(made.Where(outcome => outcome.Refusal is not null), outcome => Assert.Equal(ProblemCodes.LimitReached, outcome.Refusal!.Code));
        Assert.Equal(Limits.Tokens, (await user.ListTokens()).Length);
    }

    /// <summary>A token that could not be stored is none.</summary>
    [Fact]
    public async Task MakeToken_WhenItCanNotBeStored_MakesNone()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var user = await SignedInAsync(cluster);
        cluster.Stored.BeforeWrite = (name, _) => name is "user" ? throw new IOException("The storage is away.") : Task.CompletedTask;

        await Assert.ThrowsAnyAsync<Exception>(() => user.MakeToken(New(Proof)));
        cluster.Stored.BeforeWrite = null;

        Assert.Equal(ProblemCodes.NotSignedIn, (await user.ProveToken(Proof, TokenNeed.ToBeValid)).Refusal?.Code);
    }

    private static NewToken New(TokenProof proof) => new(proof, $"token {proof.TokenId}", TokenRight.Host, "lab", TimeSpan.FromDays(1));

    private static async Task<IUserGrain> SignedInAsync(GrainCluster cluster)
    {
        var user = cluster.Grains.User(UserId.FromEmail("ann@contoso.example"));
        Assert.Null((await user.SignIn(new ProvenIdentity("https://issuer.example", "ann", "ann@contoso.example", "Ann", IsProven: true))).Refusal);
        return user;
    }
}
