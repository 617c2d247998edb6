using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Connection;

/// <summary>
/// The tokens of a connection. When the sign-in has ended, and somebody can be asked, whoever wants a token waits for the person's answer
/// and goes on by itself when they have signed in again.
/// </summary>
internal sealed class AskingTokens(IAccessTokens tokens) : IAccessTokens, IDisposable
{
    private readonly Lock gate = new();
    private Task<bool>? answer;

    /// <summary>Asks the person to sign in, for this reason; true: they have. Null: nobody can be asked.</summary>
    public Func<string, Task<bool>>? Ask { get; set; }

    /// <inheritdoc/>
    public async Task<string> GetAccessTokenAsync(CancellationToken cancellationToken)
    {
        for (var hasAsked = false; ; hasAsked = true)
        {
            try
            {
                var token = await tokens.GetAccessTokenAsync(cancellationToken);
                ForgetAnswer();
                return token;
            }
            catch (ProblemException problem) when (problem.Code == ProblemCodes.NotSignedIn && Ask is { } ask)
            {
                // A sign-in that helps nothing, such as one that can't be read, is not asked for without end.
                if (hasAsked || !await AnswerTo(ask, problem.Message).WaitAsync(cancellationToken))
                    throw;
                ForgetAnswer();
            }
        }
    }

    /// <inheritdoc/>
    public void Forget(string accessToken) => tokens.Forget(accessToken);

    public void Dispose() => (tokens as IDisposable)?.Dispose();

    /// <summary>One question for all who wait. A no counts until there is a sign-in again: nobody is asked every few seconds.</summary>
    private Task<bool> AnswerTo(Func<string, Task<bool>> ask, string reason)
    {
        lock (gate)
            return answer ??= ask(reason);
    }

    private void ForgetAnswer()
    {
        lock (gate)
        {
            if (answer is { IsCompleted: true })
                answer = null;
        }
    }
}
