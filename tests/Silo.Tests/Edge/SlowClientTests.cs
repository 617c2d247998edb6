using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.Tests.Edge;

/// <summary>Whoever keeps a server waiting is ended by it, in whatever state of a connection.</summary>
public sealed class SlowClientTests(SlowClients clients) : IClassFixture<SlowClients>
{
    public static TheoryData<string> Kinds => SlowClients.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Connection_WhenItKeepsTheServerWaiting_IsClosed(string kind)
    {
        var said = await clients.EndingOf(kind);

        var status = kind switch
        {
            "stops within a request's head" or "stops within a body" => "HTTP/1.1 408 ",
            "has had its answer" => "HTTP/1.1 200 ",
            "sends no hub handshake" or "says nothing to the hub" => "HTTP/1.1 101 ",
            _ => "",
        };
        Assert.StartsWith(status, said, StringComparison.Ordinal);
        Assert.Equal(status.Length > 0, said.Length > 0);
        if (kind == "sends no hub handshake")
            Assert.Contains("Handshake was canceled", said, StringComparison.Ordinal);
    }

    /// <summary>A viewer of a debugger that prints nothing has nothing to say.</summary>
    [Fact]
    public async Task Connection_WhenItOnlyListensAndAnswersWhenAsked_IsLeftOpen()
    {
        var thrice = 3 * SlowClients.HubSilence;

        Assert.True(await clients.ListenAsync(thrice) >= thrice);
    }

    [Theory]
    [InlineData("Idle", "00:00:00")]
    [InlineData("TlsHandshake", "-00:00:01")]
    [InlineData("Grace", "00:00:01")]
    [InlineData("LeastBytesPerSecond", "0")]
    public void Settings_WhenTheyCanNotBe_AreNamed(string name, string value)
    {
        var options = new EdgeOptions();
        var property = typeof(SlowClientOptions).GetProperty(name)!;
        property.SetValue(options.SlowClients, property.PropertyType == typeof(int) ? int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : TimeSpan.Parse(value, System.Globalization.CultureInfo.InvariantCulture));

        var result = new EdgeOptionsValidator().Validate(null, options);
        Assert.Contains($"{name}", result.FailureMessage, StringComparison.Ordinal);
        Assert.True(new EdgeOptionsValidator().Validate(null, new EdgeOptions()).Succeeded);
    }
}
