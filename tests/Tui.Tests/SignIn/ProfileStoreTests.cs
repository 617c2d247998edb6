using System.Runtime.Versioning;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Tui.Tests.SignIn;

[UnsupportedOSPlatform("windows")]
public sealed class ProfileStoreTests : IDisposable
{
    private static readonly ServerSignIn SignIn = new()
    {
        Authority = new Uri("https://login.example/"),
        ClientId = "orleanskd",
        AccessToken = "a",
        ExpiresAt = DateTimeOffset.UnixEpoch,
        RefreshToken = "r",
    };

    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Save_ThenLoad_KeepsASignInForEachServer()
    {
        var profile = new Profile().With(new Uri("https://one.example"), SignIn).With(new Uri("http://127.0.0.1:5000"), SignIn with { AccessToken = "b" });
        home.Store.Save("work", profile);
        var loaded = home.Store.Load("work")!;
        Assert.Equal(new Uri("https://one.example"), loaded.DefaultServer);
        Assert.Equal("a", loaded.For(new Uri("https://ONE.example/"))!.AccessToken);
        Assert.Equal("b", loaded.For(new Uri("http://127.0.0.1:5000/"))!.AccessToken);
        Assert.Null(loaded.For(new Uri("http://127.0.0.1:5001/")));
        Assert.Null(home.Store.Load("other"));
    }

    [Fact]
    public void Save_MakesFileAndFolderTheUsersOwn()
    {
        home.Store.Save("default", new Profile());
        var path = home.Store.PathOf("default");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Load_WhenOthersMayReadOrWriteIt_RefusesAndSaysWhatToDo(UnixFileMode extra)
    {
        home.Store.Save("default", new Profile());
        var path = home.Store.PathOf("default");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | extra);
        var refusal = Assert.Throws<ProblemException>(() => home.Store.Load("default"));
        Assert.Contains($"chmod 600 '{path}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhenTheFolderIsOpen_Refuses()
    {
        home.Store.Save("default", new Profile());
        var folder = Path.GetDirectoryName(home.Store.PathOf("default"))!;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        Assert.Contains("chmod 700", Assert.Throws<ProblemException>(() => home.Store.Load("default")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public void PathOf_WhenTheNameIsNoFileName_Refuses(string name) => Assert.Throws<ProblemException>(() => home.Store.PathOf(name));

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    public void Load_WhenItIsNoProfile_SaysSo(string content)
    {
        home.Store.Save("default", new Profile());
        File.WriteAllText(home.Store.PathOf("default"), content);
        Assert.Contains("is not a profile", Assert.Throws<ProblemException>(() => home.Store.Load("default")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HomeFolder_PrefersItsOwnVariable()
    {
        Assert.Equal("/o", ProfileStore.HomeFolder(name => name == "ORLEANSKD_HOME" ? "/o" : "/other"));
        Assert.Equal("/c/orleanskd", ProfileStore.HomeFolder(name => name == "XDG_CONFIG_HOME" ? "/c" : null));
        Assert.Equal("/h/.config/orleanskd", ProfileStore.HomeFolder(name => name == "HOME" ? "/h" : null));
    }
}
