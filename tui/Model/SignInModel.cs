using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model.Lists;

namespace OrleansKd.Tui.Model;

/// <summary>One person's sign-in to one server, from the code to the account. Raises <see cref="Changed"/> on any thread.</summary>
/// <param name="browser">Opens a page where somebody sees it; false where nobody would.</param>
/// <param name="opensBrowser">At once, without being asked.</param>
internal sealed class SignInModel(PersonSignIn signIn, Func<Uri, bool> browser, bool opensBrowser) : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private Task running = Task.CompletedTask;
    private bool isRunning;
    private volatile State now = new(null, null, null, null);

    public event Action? Changed;

    public Uri Server => signIn.Server;

    public State Now => now;

    /// <summary>Asks for a code, shows it, and goes on by itself when the person has entered it. After a problem once more, with a new code.</summary>
    public void Start()
    {
        if (isRunning)
            return;
        isRunning = true;
        Set(new(null, null, null, null));
        running = Task.Run(() => RunAsync(ending.Token));
    }

    /// <summary>For a person who has closed it, or had none opened.</summary>
    public void OpenBrowser()
    {
        if (now.Request is { } request)
            Set(now with { IsInBrowser = browser(PageOf(request)) });
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await running;
        ending.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var done = await signIn.RunAsync(request => Set(new(request, opensBrowser && browser(PageOf(request)) ? true : null, null, null)), cancellationToken);
            await signIn.PreferAsync(cancellationToken);
            Set(now with { Done = done });
        }
        catch (ProblemException problem)
        {
            isRunning = false;
            Set(now with { Problem = problem.Message });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    private static Uri PageOf(DeviceSignInRequest request) => request.PageWithCode ?? request.Page;

    private void Set(State state)
    {
        now = state;
        Changed?.Invoke();
    }

    /// <param name="Request">What the person needs; null: it is being asked for.</param>
    /// <param name="IsInBrowser">A browser shows the page; false: there is none here; null: nobody wanted it yet.</param>
    /// <param name="Done">They are signed in, and it is kept.</param>
    /// <param name="Problem">Why they are not.</param>
    public sealed record State(DeviceSignInRequest? Request, bool? IsInBrowser, SignedIn? Done, string? Problem);
}
