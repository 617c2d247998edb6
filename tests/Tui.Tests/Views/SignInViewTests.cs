using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Views;
using OrleansKd.Tui.Views.Dialogs;
using Terminal.Gui.Input;
using Terminal.Gui.Testing;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Tests.Views;

[Collection(nameof(ViewCollection))]
public sealed class SignInViewTests : IAsyncLifetime
{
    private SignInStage stage = null!;

    public async ValueTask InitializeAsync() => stage = await SignInStage.OpenAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task SignInDialog_ShowsPageAndCode_AndClosesByItselfWhenSignedIn()
    {
        using var connection = stage.Servers.Open(Choice());
        await using var model = new SignInModel(connection.SignIn, page => page == new Uri(stage.Authority.Page + "?code=BCDF-GHJK"), opensBrowser: true);
        model.Start();
        using var dialog = new SignInDialog(model, "not signed in: the sign-in has ended.");
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("BCDF-GHJ1");
        Assert.Contains(stage.Authority.Page.AbsoluteUri, screen.Text, StringComparison.Ordinal);
        Assert.Contains("the sign-in has ended", screen.Text, StringComparison.Ordinal);
        Assert.Contains("A browser was opened", screen.Text, StringComparison.Ordinal);
        stage.Authority.Decision = "allow";
        await screen.WaitFor(() => dialog.StopRequested);
        Assert.True(dialog.IsDone);
        var kept = stage.Store.Load("work")!;
        Assert.Equal((stage.Server.Address, ScriptedServer.Token), (kept.DefaultServer, kept.For(stage.Server.Address)!.AccessToken));
    }

    [Fact]
    public async Task SignInDialog_WhenRefused_SaysWhy_AndTriesAgainWithAnotherCode()
    {
        using var connection = stage.Servers.Open(Choice());
        await using var model = new SignInModel(connection.SignIn, _ => false, opensBrowser: true);
        model.Start();
        using var dialog = new SignInDialog(model);
        using var screen = new Screen(dialog, 80, 24);
        await screen.WaitFor("BCDF-GHJ1");
        screen.Press(Key.Enter);
        await screen.WaitFor("No browser can be opened here");
        stage.Authority.Decision = "access_denied";
        await screen.WaitFor("it was refused in the browser");
        stage.Authority.Decision = null;
        screen.Press(Key.Enter);
        await screen.WaitFor("BCDF-GHJ2");
        Assert.False(dialog.StopRequested);
        screen.Press(Key.Esc);
        Assert.True(dialog.StopRequested);
        Assert.False(dialog.IsDone);
        Assert.Null(stage.Store.Load("work"));
    }

    [Theory]
    [InlineData(80, 24, "--project deploy/local")]
    [InlineData(300, 100, "--project deploy/local")]
    [InlineData(20, 6, "Server:")]
    public void WelcomeWindow_AtAnySize_ShowsWhatFitsFromTheTop(int columns, int rows, string last)
    {
        using var window = new WelcomeWindow(stage.Account, "work", null, null);
        using var screen = new Screen(window, columns, rows);
        Assert.Contains("Server:", screen.Text, StringComparison.Ordinal);
        Assert.Contains(last, screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WelcomeWindow_WhenTheAddressIsNone_SaysWhatOneLooksLike()
    {
        using var window = new WelcomeWindow(stage.Account, "work", null, $"'/home/{new string('x', 60)}/work.json' is open to other users (mode 644), so its sign-in may be known to them. Run: chmod 600");
        using var screen = new Screen(window, 80, 24);
        Assert.Contains("Run: chmod 600", screen.Text, StringComparison.Ordinal);
        Assert.Contains("Sign In", screen.Text, StringComparison.Ordinal);
        screen.Press(Key.Enter);
        Assert.Contains("Type the server's address", screen.Text, StringComparison.Ordinal);
        screen.Type("no address").Press(Key.Enter);
        Assert.Contains("'no address' is not a server's address", screen.Text, StringComparison.Ordinal);
        Assert.Equal(0, stage.Authority.Codes);
        Assert.Contains("Sign in to the server that is named", screen.PressAndDismiss(Key.F1), StringComparison.Ordinal);
        screen.Press(Key.Esc);
        Assert.False(window.StopRequested);
        screen.Press(Key.Q.WithCtrl);
        Assert.True(window.StopRequested);
    }

    [Fact]
    public async Task AccountMenu_SignOut_ForgetsTheSignIn_AndGoesBackToTheFirstScreen()
    {
        var signIn = new ServerSignIn { Authority = stage.Authority.Address, ClientId = "orleanskd", AccessToken = ScriptedServer.Token, ExpiresAt = DateTimeOffset.MaxValue };
        stage.Store.Save("work", new Profile().With(stage.Server.Address, signIn));
        using var connection = stage.Servers.Open(Choice());
        using var window = new Window();
        var menu = new MenuBar([stage.Account.Menu(window, connection, Choice())]);
        window.Add(menu);
        using var screen = new Screen(window, 80, 24);
        menu.GetMenuItemsWith(item => item.Title == "Sign _Out…").Single().Action!();
        screen.App.Post(() => screen.App.Post(() => screen.App.InjectKey(Key.S.WithAlt)));
        await screen.WaitFor(() => window.StopRequested);
        Assert.Equal(new ClientGoal(Choice(), IsNew: false), stage.Account.Next);
        Assert.False(stage.Servers.HasSignIn(Choice()));
        Assert.Equal(stage.Server.Address, stage.Servers.ServerOf(Choice() with { Server = null }));
    }

    [Fact]
    public void WelcomeWindow_WhenSignedIn_GoesOnWithThatServer()
    {
        using var window = new WelcomeWindow(stage.Account, "work", stage.Server.Address, null);
        using var screen = new Screen(window, 80, 24);
        screen.App.Post(Allow);
        screen.Press(Key.Enter);
        Assert.True(window.StopRequested);
        Assert.Equal(Choice(), window.Chosen);
        Assert.NotEmpty(stage.Opened);

        // In the dialog's own loop: the person has read the code, and lets the terminal in.
        void Allow()
        {
            if (screen.Text.Contains("BCDF-GHJ1", StringComparison.Ordinal))
                stage.Authority.Decision = "allow";
            else
                screen.App.Post(Allow);
        }
    }

    [Fact]
    public void ServerDialog_ChoosesAmongTheSignIns_OrAnother()
    {
        ServerChoice[] choices = [Choice(), new("home", new Uri("https://kd.example/"))];
        using (var dialog = new ServerDialog(choices, choices[0]))
        using (var screen = new Screen(dialog, 80, 24))
        {
            screen.Press(Key.CursorDown, Key.Enter);
            Assert.Equal(new ClientGoal(choices[1], IsNew: false), dialog.Goal);
        }
        using (var dialog = new ServerDialog(choices, choices[0]))
        using (var screen = new Screen(dialog, 80, 24))
        {
            screen.Press(Key.A.WithAlt);
            Assert.Equal(new ClientGoal(new("work", null), IsNew: true), dialog.Goal);
        }
    }

    [Theory]
    [InlineData("debug.contoso.example", "https://debug.contoso.example/")]
    [InlineData(" http://127.0.0.1:5080 ", "http://127.0.0.1:5080/")]
    [InlineData("https://", null)]
    [InlineData("ftp://x", null)]
    [InlineData("https://me:secret@x", null)]
    [InlineData("two words", null)]
    [InlineData("", null)]
    public void Parse_TakesWhatIsAServersAddress(string typed, string? server) => Assert.Equal(server, KnownServers.Parse(typed)?.AbsoluteUri);

    [Fact]
    public void All_NamesEverySignInOfEveryProfileThatCanBeRead()
    {
        var signIn = new ServerSignIn { Authority = stage.Authority.Address, ClientId = "orleanskd", AccessToken = "a", ExpiresAt = DateTimeOffset.MaxValue };
        stage.Store.Save("work", new Profile().With(new Uri("https://one.example"), signIn).With(new Uri("https://two.example"), signIn));
        stage.Store.Save("bad", new Profile());
        File.WriteAllText(stage.Store.PathOf("bad"), "no profile");
        Assert.Equal([new("work", new Uri("https://one.example")), new ServerChoice("work", new Uri("https://two.example"))], stage.Servers.All());
        Assert.True(stage.Servers.HasSignIn(new("work", null)));
        Assert.False(stage.Servers.HasSignIn(new("work", new Uri("https://three.example"))));
        Assert.False(stage.Servers.HasSignIn(new("other", null)));
    }

    private ServerChoice Choice() => new("work", KnownServers.Parse(stage.Server.Address.AbsoluteUri));
}
