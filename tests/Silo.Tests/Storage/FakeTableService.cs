using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansKd.Silo.Tests.Storage;

/// <summary>A table service that refuses everything in one way, as the real one words it.</summary>
internal sealed class FakeTableService : IAsyncDisposable
{
    private readonly WebApplication app;
    private int requests;

    private FakeTableService(WebApplication app) => this.app = app;

    public string Address => $"{app.Urls.First()}/account";

    public string ConnectionString => ConnectionStringFor(Address);

    public int Requests => requests;

    public static async Task<FakeTableService> RefuseAsync(int status, string code)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = new FakeTableService(builder.Build());
        service.app.Run(async context =>
        {
            Interlocked.Increment(ref service.requests);
            context.Response.StatusCode = status;
            context.Response.Headers["x-ms-error-code"] = code;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsJsonAsync(new Dictionary<string, object> { ["odata.error"] = new { code, message = new { lang = "en-US", value = "Refused." } } });
        });
        await service.app.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    /// <summary>Any key does: nobody checks it.</summary>
    public static string ConnectionStringFor(string address) =>
        $"DefaultEndpointsProtocol=http;AccountName=account;AccountKey={Convert.ToBase64String(new byte[64])};TableEndpoint={address};";

    /// <summary>Takes connections and never says a word.</summary>
    public static TcpListener Silent()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
