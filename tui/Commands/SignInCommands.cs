using System.CommandLine;
using OrleansKd.Agent.Control;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Tui.Commands;

/// <summary><c>sign-in</c> and <c>sign-out</c> (rule A5).</summary>
internal static class SignInCommands
{
    private static readonly Option<bool> NoBrowser = new("--no-browser") { Description = "Show the address only; open no browser." };

    public static void AddTo(RootCommand root, CommandRunner runner)
    {
        runner.Add(root, "sign-in", "Sign in to a server, in a browser on this or any other computer.", SignIn, NoBrowser);
        runner.Add(root, "sign-out", "Forget the sign-in, and take it back at the authority.", SignOut);
    }

    private static async Task<int> SignIn(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var signIn = context.Server.SignIn;
        var (me, isEncrypted) = await signIn.RunAsync(request => Show(context, request, mayOpen: !parsed.GetValue(NoBrowser)), cancellationToken);
        if (context.IsJson)
            context.WriteJson(me);
        else
            context.WriteLine($"Signed in as {me.Name} ({me.Company ?? "no company"}) <{me.Email}>.");
        context.Say($"The sign-in is kept in {signIn.File}, {(isEncrypted ? "encrypted with a key in this computer's keychain" : "which only you can read")}.");
        return ExitCodes.Done;
    }

    private static void Show(CommandContext context, DeviceSignInRequest request, bool mayOpen)
    {
        if (context.IsJson)
        {
            context.WriteJson(new { request.Page, request.PageWithCode, request.UserCode, request.ExpiresAt });
        }
        else
        {
            context.WriteLine($"To sign in to {context.Server.Server}, open");
            context.WriteLine($"    {request.Page}");
            context.WriteLine($"in a browser, on this computer or another, and enter the code");
            context.WriteLine($"    {request.UserCode}");
        }
        context.Host.Out.Flush();
        if (!context.IsJson && context.Host.IsInteractive && mayOpen && context.Host.OpenBrowser(request.PageWithCode ?? request.Page))
            context.Say("A browser was opened. Waiting for you there…");
    }

    private static async Task<int> SignOut(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var ended = await context.Server.SignIn.EndAsync(cancellationToken);
        if (context.IsJson)
        {
            context.WriteJson(new { Revoked = ended.Problem is null, ended.Problem });
            return ExitCodes.Done;
        }
        context.WriteLine($"Signed out of {context.Server.Server}.");
        if (await ControlClient.AskAsync(context.Server.AgentPlace, ControlVerb.Status, cancellationToken) is { } agent)
            context.Say($"The agent on this computer (process {agent.ProcessId}) goes on until its access token ends, {ended.SignIn.ExpiresAt:u}, and then waits for a sign-in while its debuggers run on. 'orleanskd agent stop' ends it properly.");
        if (ended.Warning is { } warning)
            context.Say(warning);
        return ExitCodes.Done;
    }
}
