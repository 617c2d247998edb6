using OrleansKd.Agent.Control;

namespace OrleansKd.Agent.Tests.Control;

public sealed class AgentPlaceTests
{
    private static readonly Uri Server = new("https://kd.example.com");

    [Theory]
    [InlineData("ORLEANSKD_HOME", "/own", "/own/state")]
    [InlineData("XDG_STATE_HOME", "/var/state", "/var/state/orleanskd")]
    [InlineData("XDG_STATE_HOME", "relative", "/home/ann/.local/state/orleanskd")]
    [InlineData("OTHER", "", "/home/ann/.local/state/orleanskd")]
    public void StateFolder_IsWhereThePlatformPutsIt(string name, string value, string folder)
    {
        var environment = new Dictionary<string, string?> { ["HOME"] = "/home/ann", [name] = value };
        Assert.Equal(folder, AgentPlace.StateFolder(environment.GetValueOrDefault));
        Assert.Equal(folder, AgentPlace.LogFolder(environment.GetValueOrDefault));
    }

    [Fact]
    public void Place_WhenProfileOrServerDiffers_IsAnotherOne()
    {
        AgentPlace[] places =
        [
            Place("default", "https://kd.example.com"), Place("other", "https://kd.example.com"), Place("default", "https://kd.example.com:8443"),
            Place("default", "https://kd.example.org"), Place("default", "https://kd.example.com/a"), Place("default", "https://kd.example.com/b"),
        ];
        Assert.Distinct(places.Select(place => place.LockFile));
        Assert.Distinct(places.Select(place => place.ControlName));
        Assert.Distinct(places.Select(place => place.DefaultData));
        Assert.Equal(places[0].ControlName, Place("default", "https://KD.example.com:443/").ControlName);
    }

    [Fact]
    public void ControlName_WhenTheFolderIsTooDeepForASocket_SaysWhatToDo()
    {
        var place = new AgentPlace("/" + new string('d', 120), "/logs", "default", Server);
        Assert.Contains("ORLEANSKD_HOME", Assert.Throws<IOException>(() => place.ControlName).Message, StringComparison.Ordinal);
    }

    private static AgentPlace Place(string profile, string server) => new("/state", "/state", profile, new(server));
}
