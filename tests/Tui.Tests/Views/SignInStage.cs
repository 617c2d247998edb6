using OrleansKd.Agent.SignIn;
using OrleansKd.Tui.Connection;
using OrleansKd.Tui.Settings;
using OrleansKd.Tui.Tests.Server;
using OrleansKd.Tui.Tests.SignIn;
using OrleansKd.Tui.Views;

namespace OrleansKd.Tui.Tests.Views;

/// <summary>A server, the authority where its people sign in, and a home folder with nobody signed in.</summary>
internal sealed class SignInStage : IAsyncDisposable
{
    private readonly TemporaryHome home = new();

    private SignInStage(ScriptedServer server, ScriptedAuthority authority)
    {
        (Server, Authority) = (server, authority);
        Servers = new KnownServers(Store, _ => null, new ImmediateTime());
        Account = new ClientAccount(Servers, new SettingsFile(home.Folder), page =>
        {
            Opened.Add(page);
            return HasBrowser;
        }, opensBrowser: true);
    }

    public ScriptedServer Server { get; }

    public ScriptedAuthority Authority { get; }

    public ProfileStore Store => home.Store;

    public KnownServers Servers { get; }

    public ClientAccount Account { get; }

    public bool HasBrowser { get; set; } = true;

    /// <summary>Pages that were to be opened.</summary>
    public List<Uri> Opened { get; } = [];

    public static async Task<SignInStage> OpenAsync()
    {
        var authority = await ScriptedAuthority.StartAsync(ScriptedServer.Token);
        var server = await ScriptedServer.StartAsync();
        server.Authority = authority.Address;
        return new(server, authority);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Authority.DisposeAsync();
        home.Dispose();
    }
}
