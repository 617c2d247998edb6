using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansKd.Local.Azurite;

namespace OrleansKd.Chaos.Storage;

/// <summary>
/// One silo's way to Azurite: every request passes here whole, is recognised, and may spring a trap. The signature covers no
/// host, so the silo only needs another address.
/// </summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length" };

    private readonly WebApplication app;
    private readonly HttpMessageInvoker storage;
    private readonly Uri target;
    private volatile TaskCompletionSource? held;

    private StorageProxy(AzuriteProcess azurite)
    {
        target = new Uri(azurite.TableEndpoint.GetLeftPart(UriPartial.Authority));
        storage = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        app = builder.Build();
        app.Run(PassAsync);
    }

    public string ConnectionString { get; private set; } = "";

    /// <summary>Looked at with every request; shared by all proxies.</summary>
    public Func<StorageTrap?> Trap { get; set; } = () => null;

    /// <summary>What a trap does to the silo behind this proxy.</summary>
    public Action? OnTrap { get; set; }

    /// <summary>Called with every request.</summary>
    public Action<StorageRequest>? Seen { get; set; }

    public static async Task<StorageProxy> StartAsync(AzuriteProcess azurite)
    {
        var proxy = new StorageProxy(azurite);
        await proxy.app.StartAsync();
        proxy.ConnectionString = azurite.ConnectionString.Replace(
            azurite.TableEndpoint.GetLeftPart(UriPartial.Authority), proxy.app.Urls.Single(), StringComparison.Ordinal);
        return proxy;
    }

    /// <summary>From now on no request gets on, until <see cref="Release"/>: a storage that hangs.</summary>
    public void Hold() => held ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => Interlocked.Exchange(ref held, null)?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await app.DisposeAsync();
        storage.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request);
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = StorageRequest.From(context.Request.Method, rawTarget, body.Span);
        Seen?.Invoke(request);
        if (Trap() is { Moment: TrapMoment.Held } holder && holder.Takes(this, request))
        {
            Hold();
            holder.Spring(new StorageHit(this, request, holder.Moment, null));
        }
        if (held is { } holding)
            await holding.Task.WaitAsync(context.RequestAborted);
        var trap = Trap() is { Moment: not TrapMoment.Held } armed && armed.Takes(this, request) ? armed : null;
        if (trap is { Moment: TrapMoment.Arrived })
        {
            trap.Spring(new StorageHit(this, request, trap.Moment, null));
            context.Abort();
            return;
        }

        // Not the caller's token: what was passed on is carried out, whether or not the caller lives.
        using var forwarded = Forwarded(context.Request, rawTarget, body);
        var answering = storage.SendAsync(forwarded, CancellationToken.None);
        if (trap is { Moment: TrapMoment.Forwarded })
            trap.Spring(new StorageHit(this, request, trap.Moment, null));
        using var answer = await answering;
        var content = await answer.Content.ReadAsByteArrayAsync();
        if (trap is { Moment: TrapMoment.Answered })
            trap.Spring(new StorageHit(this, request, trap.Moment, (int)answer.StatusCode));
        if (trap is not null || context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return;
        }
        await AnswerAsync(context, answer, content);
    }

    private HttpRequestMessage Forwarded(HttpRequest request, string rawTarget, ReadOnlyMemory<byte> body)
    {
        var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(target, rawTarget)) { Version = HttpVersion.Version11 };
        if (body.Length > 0 || HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method))
            forwarded.Content = new ReadOnlyMemoryContent(body);
        foreach (var (name, values) in request.Headers)
        {
            if (!OfTheConnection.Contains(name) && !forwarded.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                forwarded.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        return forwarded;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, byte[] content)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!OfTheConnection.Contains(name))
                context.Response.Headers[name] = values.ToArray();
        }
        // Some answers have no body by their nature.
        if (content.Length > 0)
        {
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content);
        }
    }
}
