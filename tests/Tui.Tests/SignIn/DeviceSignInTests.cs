using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.Agent.Api;
using OrleansKd.Agent.SignIn;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;

namespace OrleansKd.Tui.Tests.SignIn;

/// <summary>What the terminal does with whatever an authority, or what pretends to be one, answers.</summary>
public sealed class DeviceSignInTests : IDisposable
{
    private static readonly SignInSummary SignIn = new("https://sign-in.example", "orleanskd", ["openid", "offline_access"]);
    private readonly SteppingTime time = new();
    private readonly Answers answers;
    private readonly HttpClient http;
    private readonly DeviceSignIn device;

    public DeviceSignInTests()
    {
        answers = new Answers(time);
        http = new HttpClient(answers);
        device = new DeviceSignIn(http, time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Wait_WhenToldToSlowDown_AsksLessOftenFromThenOn()
    {
        answers.Tokens = ["authorization_pending", "slow_down", "authorization_pending", "token"];
        var signIn = await WaitAsync(await device.BeginAsync(SignIn, "lab-7", Cancellation));

        Assert.Equal([0, 5, 15, 25], answers.AskedAt);
        Assert.Equal(("access", "refresh", time.GetUtcNow().AddSeconds(600)), (signIn.AccessToken, signIn.RefreshToken, signIn.ExpiresAt));
        Assert.Contains("device_name=lab-7", answers.Begun, StringComparison.Ordinal);
        Assert.Contains("scope=openid+offline_access", answers.Begun, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_WhenTheAuthorityIsAwayForAMoment_GoesOn()
    {
        answers.Tokens = ["authorization_pending", "away", "token"];
        await WaitAsync(await device.BeginAsync(SignIn, "lab-7", Cancellation));

        Assert.Equal([0, 5, 15], answers.AskedAt);
    }

    [Theory]
    [InlineData("access_denied", "refused in the browser")]
    [InlineData("expired_token", "in time")]
    [InlineData("invalid_client", "invalid_client")]
    public async Task Wait_WhenItIsOver_SaysWhy(string error, string expected)
    {
        answers.Tokens = ["authorization_pending", error];
        var request = await device.BeginAsync(SignIn, "lab-7", Cancellation);

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => WaitAsync(request));
        Assert.Equal(ProblemCodes.NotSignedIn, refusal.Code);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_WhenNobodyEverDecides_EndsWithTheCode()
    {
        answers.Tokens = ["authorization_pending"];
        var request = await device.BeginAsync(SignIn, "lab-7", Cancellation);
        await Assert.ThrowsAsync<ProblemException>(() => WaitAsync(request));

        Assert.InRange(time.GetUtcNow(), request.ExpiresAt.AddSeconds(-10), request.ExpiresAt);
    }

    [Theory]
    [InlineData("https://sign-in.example/device", true)]
    [InlineData("http://127.0.0.1:5090/device", true)]
    [InlineData("http://sign-in.example/device", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("--help", false)]
    public async Task Begin_WhenThePageIsNoSafeWebPage_IsRefused(string page, bool isSafe)
    {
        answers.Page = page;
        if (isSafe)
            Assert.Equal(page, (await device.BeginAsync(SignIn, "lab-7", Cancellation)).Page.AbsoluteUri);
        else
            await Assert.ThrowsAsync<ProblemException>(() => device.BeginAsync(SignIn, "lab-7", Cancellation));
    }

    [Fact]
    public async Task Begin_WhenTheCodeWouldWriteToTheTerminal_ShowsItAsText()
    {
        answers.UserCode = "AB\u001b]0;x\u0007";

        Assert.Equal("AB␛]0;x␇", (await device.BeginAsync(SignIn, "lab-7", Cancellation)).UserCode);
    }

    [Fact]
    public async Task Begin_WhenTheAuthorityKnowsNoDevices_SaysWhoCanHelp()
    {
        answers.HasDevices = false;
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => device.BeginAsync(SignIn, "lab-7", Cancellation));

        Assert.Contains("administrator", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://sign-in.example")]
    [InlineData("file:///tmp")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Describe_WhenTheServerNamesNoSafeAuthority_IsRefused(string authority)
    {
        answers.Server = SignIn with { Authority = authority };
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => device.DescribeAsync(new Uri("https://kd.example"), Cancellation));

        Assert.Equal(ProblemException.ServerUnreachable, refusal.Code);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "no way to take it back")]
    public async Task Revoke_WhenAsked_SaysWhatItCouldNotDo(bool hasRevocation, string? expected)
    {
        answers.HasRevocation = hasRevocation;
        var problem = await device.RevokeAsync(
            new ServerSignIn { Authority = new Uri(SignIn.Authority), ClientId = "orleanskd", AccessToken = "access", ExpiresAt = time.GetUtcNow(), RefreshToken = "refresh" }, Cancellation);

        Assert.Equal(expected is null, problem is null);
        Assert.Contains(expected ?? "", problem ?? "", StringComparison.Ordinal);
        Assert.Equal(hasRevocation ? 1 : 0, answers.Revoked);
    }

    [Theory]
    [InlineData(true, "WAYLAND_DISPLAY=wayland-0")]
    [InlineData(true, "DISPLAY=:0", "SSH_CONNECTION=")]
    [InlineData(false)]
    [InlineData(false, "DISPLAY=")]
    // ssh -X: a browser there would be drawn through the network, on a computer where the person is not.
    [InlineData(false, "DISPLAY=localhost:10.0", "SSH_CONNECTION=192.0.2.1 50022 192.0.2.2 22")]
    [InlineData(false, "DISPLAY=:0", "PATH=/nowhere")]
    public void Browser_WhereNobodyCouldSeeIt_IsNotStarted(bool isStarted, params string[] environment)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Displays are named so on Linux.");
        var folder = Directory.CreateTempSubdirectory("orleanskd-path-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "xdg-open"), "");
            var variables = environment.Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            variables.TryAdd("PATH", $"/nowhere:{folder}");
            var page = new Uri("https://sign-in.example/device?user_code=AB");

            Assert.Equal(isStarted ? page.AbsoluteUri : null, WebBrowser.StartOf(page, variables.GetValueOrDefault)?.ArgumentList[^1]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Waits, and lets the time go on by whatever is waited for.</summary>
    private async Task<ServerSignIn> WaitAsync(DeviceSignInRequest request)
    {
        var waiting = device.WaitAsync(request, Cancellation);
        while (await Task.WhenAny(waiting, time.NextWaitAsync(Cancellation)) is Task<TimeSpan> step)
            time.Advance(await step);
        return await waiting;
    }

    /// <summary>Time that tells what is waited for.</summary>
    private sealed class SteppingTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero))
    {
        private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

        public Task<TimeSpan> NextWaitAsync(CancellationToken cancellationToken) => waits.Reader.ReadAsync(cancellationToken).AsTask();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            waits.Writer.TryWrite(dueTime);
            return timer;
        }
    }

    /// <summary>An authority, and a server, of a few lines.</summary>
    private sealed class Answers(TimeProvider time) : HttpMessageHandler
    {
        private readonly DateTimeOffset start = time.GetUtcNow();

        public string[] Tokens { get; set; } = [];

        public string Page { get; set; } = "https://sign-in.example/device";

        public string UserCode { get; set; } = "ABCD-EFGH";

        public bool HasDevices { get; set; } = true;

        public bool HasRevocation { get; set; } = true;

        public SignInSummary Server { get; set; } = SignIn;

        public string Begun { get; private set; } = "";

        public int Revoked { get; private set; }

        public List<int> AskedAt { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            switch (request.RequestUri!.AbsolutePath)
            {
                case Routes.SignIn:
                    return Json(Server);
                case "/.well-known/openid-configuration":
                    return Json(new Dictionary<string, object?>
                    {
                        ["issuer"] = "https://sign-in.example",
                        ["jwks_uri"] = "https://sign-in.example/keys",
                        ["token_endpoint"] = "https://sign-in.example/token",
                        ["device_authorization_endpoint"] = HasDevices ? "https://sign-in.example/begin" : null,
                        ["revocation_endpoint"] = HasRevocation ? "https://sign-in.example/revoke" : null,
                    }.Where(item => item.Value is not null).ToDictionary());
                case "/keys":
                    return Json(new { keys = Array.Empty<object>() });
                case "/begin":
                    Begun = body;
                    return Json(new { device_code = "device", user_code = UserCode, verification_uri = Page, expires_in = 60, interval = 5 });
                case "/revoke":
                    Revoked++;
                    return Json(new { });
                default:
                    AskedAt.Add((int)(time.GetUtcNow() - start).TotalSeconds);
                    var answer = Tokens[Math.Min(AskedAt.Count, Tokens.Length) - 1];
                    return answer switch
                    {
                        "token" => Json(new { access_token = "access", refresh_token = "refresh", token_type = "Bearer", expires_in = 600 }),
                        "away" => throw new HttpRequestException("Connection refused"),
                        _ => Json(new { error = answer }, HttpStatusCode.BadRequest),
                    };
            }
        }

        private static HttpResponseMessage Json<T>(T value, HttpStatusCode status = HttpStatusCode.OK) =>
            new(status) { Content = new StringContent(JsonSerializer.Serialize(value, WireJson.Options), Encoding.UTF8, "application/json") };
    }
}
