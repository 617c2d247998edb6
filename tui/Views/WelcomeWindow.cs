using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views;

/// <summary>What somebody sees who is not signed in: which server, how to sign in to it, and what can be done then.</summary>
internal sealed class WelcomeWindow : Window
{
    private const string Next = """
        What to do first
          1  Sign in: a page in a browser asks for a code that is shown here.
          2  Ask for permission to host or to join, if you have none yet: an
             administrator of your organization decides, and you get a mail.
          3  F2 shares a debugger; Enter opens a session that you are invited to.
             F1 shows the keys of every window, F10 opens its menu.

        No server yet? Ask your team for its address, or run one on this computer,
        from OrleansKd's repository:  dotnet run --project deploy/local
        """;

    private const string Example = "For example https://debug.contoso.example";

    private readonly KeyMap keys;
    private readonly ClientAccount account;
    private readonly string profile;
    private readonly TextField address = new() { X = 10, Y = 2, Width = Dim.Fill(2) };
    private readonly Label message = new() { X = 10, Y = 3, Width = Dim.Fill(2), Height = Dim.Auto(), CanFocus = false };

    /// <param name="server">What is offered; null: nothing is known.</param>
    /// <param name="problem">Why nobody is signed in, where there is more to say.</param>
    public WelcomeWindow(ClientAccount account, string profile, Uri? server, string? problem)
    {
        (this.account, this.profile) = (account, profile);
        keys = new KeyMap()
            .Section("Sign in")
            .AddRange("Enter", "Sign in to the server that is named", _ => null)
            .AddRange("Tab, Shift+Tab", "The next field or button", _ => null)
            .Section("Everywhere")
            .Add(Key.F1, "These keys", () => HelpDialog.Show(App!, keys!))
            .Add(Key.Q.WithCtrl, "Quit", () => App?.RequestStop(this))
            .AddRange("Esc, Ctrl+Z", "Nothing: the client stays", key => key == Key.Esc || key == Key.Z.WithCtrl ? () => { } : null);
        Title = "OrleansKd: share a live kernel debugger";
        address.Text = server?.AbsoluteUri.TrimEnd('/') ?? "";
        var signIn = new Button { Text = "_Sign In", X = 10, Y = Pos.Bottom(message) + 1, IsDefault = true };
        signIn.Accepting += (_, e) =>
        {
            e.Handled = true;
            SignIn();
        };
        var quit = new Button { Text = "_Quit", X = Pos.Right(signIn) + 2, Y = Pos.Top(signIn) };
        quit.Accepting += (_, e) =>
        {
            e.Handled = true;
            App?.RequestStop(this);
        };
        Say(problem);
        Add(
            new Label { X = 1, Y = 0, Width = Dim.Fill(1), Height = 1, CanFocus = false, Text = VisibleText.Line($"Nobody is signed in on this computer (profile '{profile}').") },
            new Label { X = 1, Y = 2, CanFocus = false, Text = "Server:" },
            address, message, signIn, quit,
            new Label { X = 1, Y = Pos.Bottom(signIn) + 1, Width = Dim.Fill(1), Height = Dim.Fill(), CanFocus = false, Text = Next });
    }

    /// <summary>Where somebody is signed in now; null: they quit.</summary>
    public ServerChoice? Chosen { get; private set; }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (!newIsRunning)
            return;
        address.SetFocus();
        address.MoveEnd();
    }

    protected override bool OnKeyDown(Key key) => keys.Press(key) || base.OnKeyDown(key);

    /// <summary>Enter in the address.</summary>
    protected override bool OnAccepting(CommandEventArgs args)
    {
        SignIn();
        return true;
    }

    private void SignIn()
    {
        if (KnownServers.Parse(address.Text) is not { } server)
        {
            Say((address.Text.Trim() is { Length: > 0 } typed ? $"'{typed}' is not a server's address. " : "Type the server's address. ") + Example);
            return;
        }
        Say(null);
        var choice = new ServerChoice(profile, server);
        if (!account.SignIn(App!, choice, reason: null))
            return;
        Chosen = choice;
        App?.RequestStop(this);
    }

    private void Say(string? problem)
    {
        message.SchemeName = problem is null ? "Base" : "Error";
        message.Text = VisibleText.From(problem ?? Example);
    }
}
