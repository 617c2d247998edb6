using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Pages;
using OrleansKd.SignIn.Protocol;

try
{
    var (builder, urls, options) = Start.Configure(args);
    using var held = PrivateFolder.Hold(options.Data);
    builder.AddEdge(urls, options);
    builder.Services.AddOpenId(ListenRules.IssuerOf(urls, options));

    await using var app = builder.Build();
    app.UseEdge();
    app.MapDevicePages();
    app.MapGet(Endpoints.Health, () => "ok");

    await Start.OpenAsync(app);
    await app.StartAsync();
    Console.WriteLine($"sign-in {ListenRules.IssuerOf(urls, options).GetLeftPart(UriPartial.Authority)}");
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (exception is StartException or IOException)
{
    await Console.Error.WriteLineAsync($"The sign-in does not start. {exception.Message}");
    return 1;
}
