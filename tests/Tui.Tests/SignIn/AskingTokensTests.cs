using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Tests.SignIn;

/// <summary>A sign-in that ends while the client runs.</summary>
public sealed class AskingTokensTests
{
    private readonly Scripted tokens = new();
    private readonly List<string> reasons = [];
    private readonly TaskCompletionSource<bool> answer = new();
    private readonly AskingTokens asking;

    public AskingTokensTests() => asking = new AskingTokens(tokens)
    {
        Ask = reason =>
        {
            reasons.Add(reason);
            return answer.Task;
        },
    };

    [Fact]
    public async Task GetAccessToken_WhenTheSignInHasEnded_AsksOnceForAll_AndGoesOn()
    {
        Task<string>[] waiting = [Get(), Get(), Get()];
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        tokens.Token = "new";
        answer.SetResult(true);
        Assert.Equal(["new", "new", "new"], await Task.WhenAll(waiting));
        Assert.Equal(["not signed in: it has ended."], reasons);
    }

    [Fact]
    public async Task GetAccessToken_WhenThePersonSaysNo_FailsAndAsksNoMore_UntilThereWasASignIn()
    {
        answer.SetResult(false);
        await Assert.ThrowsAsync<ProblemException>(Get);
        await Assert.ThrowsAsync<ProblemException>(Get);
        Assert.Single(reasons);
        tokens.Token = "new";
        Assert.Equal("new", await Get());
        tokens.Token = null;
        await Assert.ThrowsAsync<ProblemException>(Get);
        Assert.Equal(2, reasons.Count);
    }

    [Fact]
    public async Task GetAccessToken_WhenSigningInHelpedNothing_FailsInsteadOfAskingForEver()
    {
        answer.SetResult(true);
        await Assert.ThrowsAsync<ProblemException>(Get);
        Assert.Single(reasons);
    }

    [Fact]
    public async Task GetAccessToken_WhenNobodyCanBeAsked_Fails()
    {
        asking.Ask = null;
        await Assert.ThrowsAsync<ProblemException>(Get);
    }

    private Task<string> Get() => asking.GetAccessTokenAsync(TestContext.Current.CancellationToken);

    private sealed class Scripted : IAccessTokens
    {
        public string? Token { get; set; }

        public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            return Token ?? throw new ProblemException(ProblemCodes.NotSignedIn, "not signed in: it has ended.");
        }

        public void Forget(string accessToken)
        {
        }
    }
}
