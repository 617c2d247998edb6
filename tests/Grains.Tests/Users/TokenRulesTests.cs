using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Organizations;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Grains.Organizations;
using OrleansKd.Grains.Users;

namespace OrleansKd.Grains.Tests.Users;

public sealed class TokenRulesTests
{
    private const string Issuer = "https://contoso-issuer.example";

    private static readonly OrganizationOptions Options = Naming(Issuer);

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 10, 0, 0, TimeSpan.Zero);

    private static readonly UserState Ann = new() { Issuer = Issuer, Subject = "ann", Email = "ann@contoso.example", Name = "Ann" };

    [Theory]
    [InlineData(TokenRight.Read, null, TokenRight.Read, null, false, null)]
    [InlineData(TokenRight.Read, null, TokenRight.Host, null, false, ProblemCodes.TokenScope)]
    [InlineData(TokenRight.Host, null, TokenRight.Read, null, true, null)]
    [InlineData(TokenRight.Host, null, TokenRight.Host, "lab", true, null)]
    [InlineData(TokenRight.Host, "lab", TokenRight.Host, null, false, null)]
    [InlineData(TokenRight.Host, "lab", TokenRight.Host, " LAB ", false, null)]
    [InlineData(TokenRight.Host, "lab", TokenRight.Host, "lab2", false, ProblemCodes.TokenScope)]
    [InlineData(TokenRight.Host, "lab", TokenRight.Host, "", false, ProblemCodes.TokenScope)]
    [InlineData(TokenRight.Host, "lab", TokenRight.Read, null, true, ProblemCodes.TokenScope)]
    [InlineData(TokenRight.Read, "lab", TokenRight.Host, "lab", false, ProblemCodes.TokenScope)]
    public void Prove_OfAToken_AllowsWhatItSaysAndNoMore(TokenRight right, string? only, TokenRight needed, string? computer, bool isOfAll, string? code)
    {
        var state = TokenRules.Make(Ann, New("a", right, only), Now);

        Assert.Equal(code, TokenRules.Prove(state, Proof("a"), new TokenNeed(needed, computer, isOfAll), Options, Now).Refusal?.Code);
    }

    [Fact]
    public void Prove_OfWhatIsNoTokenOfTheAccount_IsAlwaysTheSameRefusal()
    {
        var state = TokenRules.Make(TokenRules.Make(Ann, New("a"), Now), New("b"), Now);
        var revoked = TokenRules.Revoke(state, "a");
        var boundAnew = UserRules.Bind(state, new ProvenIdentity(Issuer, "another", "ann@contoso.example", "Ann"));

        Assert.Null(Prove(state, Proof("a"), Now + TimeSpan.FromDays(30) - TimeSpan.FromTicks(1)));
        string?[] refusals =
        [
            Prove(state, Proof("c"), Now),
            Prove(state, Proof("a") with { Hash = Proof("b").Hash }, Now),
            Prove(state, Proof("a") with { Hash = "" }, Now),
            Prove(state, Proof("a"), Now + TimeSpan.FromDays(30)),
            Prove(revoked, Proof("a"), Now),
            Prove(boundAnew, Proof("a"), Now),
            Prove(new UserState(), Proof("a"), Now),
            // The organization does not take that provider any more.
            TokenRules.Prove(state, Proof("a"), TokenNeed.ToBeValid, Naming("https://new-issuer.example"), Now).Refusal?.Message,
        ];
        Assert.NotNull(Assert.Single(refusals.Distinct()));
        Assert.Null(Prove(revoked, Proof("b"), Now));
    }

    [Theory]
    [InlineData("", TokenRight.Read, null, 1)]
    [InlineData(" ", TokenRight.Read, null, 1)]
    [InlineData("a\u202Eb", TokenRight.Read, null, 1)]
    [InlineData("kept", TokenRight.Read, null, 1)]
    [InlineData("a", (TokenRight)0, null, 1)]
    [InlineData("a", (TokenRight)3, null, 1)]
    [InlineData("a", TokenRight.Read, "", 1)]
    [InlineData("a", TokenRight.Read, "x\ny", 1)]
    [InlineData("a", TokenRight.Read, null, 0)]
    [InlineData("a", TokenRight.Read, null, Limits.TokenDays + 1)]
    public void CheckMake_OfWhatIsMalformed_Refuses(string name, TokenRight right, string? computer, int days)
    {
        var state = TokenRules.Make(Ann, New("kept"), Now);

        Assert.Equal(ProblemCodes.InvalidRequest, TokenRules.CheckMake(state, new NewToken(Proof("x"), name, right, computer, TimeSpan.FromDays(days)), Now)?.Code);
    }

    [Fact]
    public void CheckMake_AtTheLimit_CountsWhatHasNotEnded()
    {
        var full = Enumerable.Range(0, Limits.Tokens).Aggregate(Ann, (state, i) => TokenRules.Make(state, New($"{i}"), Now));
        var later = Now + TimeSpan.FromDays(30);

        Assert.Equal(ProblemCodes.LimitReached, TokenRules.CheckMake(full, New("one more"), Now)?.Code);
        Assert.Null(TokenRules.CheckMake(full, New("one more"), later));
        Assert.Single(TokenRules.Make(full, New("one more"), later).Tokens);
        Assert.Null(TokenRules.CheckMake(TokenRules.Revoke(full, "7"), New("one more"), Now));
        Assert.Equal(ProblemCodes.NotSignedIn, TokenRules.CheckMake(new UserState(), New("a"), Now)?.Code);
    }

    private static string? Prove(UserState state, TokenProof proof, DateTimeOffset now) => TokenRules.Prove(state, proof, TokenNeed.ToBeValid, Options, now).Refusal?.Message;

    private static NewToken New(string id, TokenRight right = TokenRight.Host, string? computer = null) => new(Proof(id), id, right, computer, TimeSpan.FromDays(30));

    private static TokenProof Proof(string id) => new(id, $"hash of {id}");

    private static OrganizationOptions Naming(string issuer) =>
        new() { Organizations = [new OrganizationSettings { Name = "Contoso", Domains = ["contoso.example"], Issuers = [issuer], Hosts = ["ann@contoso.example"] }] };
}
