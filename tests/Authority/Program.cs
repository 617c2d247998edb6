using OrleansKd.TestAuthority;

var builder = WebApplication.CreateBuilder(args);
var urls = builder.Configuration["urls"] ?? "http://127.0.0.1:5090";
if (urls.Split(';').Any(url => !new Uri(url).IsLoopback))
{
    await Console.Error.WriteLineAsync($"The test authority listens on loopback only, not on {urls}: it proves nobody's identity.");
    return 2;
}
builder.WebHost.UseUrls(urls);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(SigningKeys.Open(builder.Configuration["keys"] ?? Path.Combine(Path.GetTempPath(), "orleanskd-test-authority")));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Tokens>();

var app = builder.Build();
app.MapAuthority();
await app.StartAsync();
Console.WriteLine($"authority {app.Urls.First()}");
await app.WaitForShutdownAsync();
return 0;
