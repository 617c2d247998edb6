using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using OrleansKd.Mail;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Mail;
using OrleansKd.SignIn.Pages;
using OrleansKd.SignIn.Protocol;

namespace OrleansKd.SignIn.Hosting;

/// <summary>What stands between the network and the pages: TLS, proxies, headers, limits, antiforgery.</summary>
internal static class EdgeHosting
{
    /// <summary>Bytes of a request's body: a form with a few fields, or a token.</summary>
    private const int RequestBytes = 16 * 1024;

    public static void AddEdge(this WebApplicationBuilder builder, string[] urls, SignInOptions options)
    {
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBytes;
            if (options.Certificate.File.Length > 0)
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = CertificateOf(options.Certificate, https));
        });
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<AttemptLimits>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<CodeMails>();
        services.AddHostedService(provider => provider.GetRequiredService<CodeMails>());
        services.AddOptions<MailOptions>().BindConfiguration("OrleansKd:Mail").ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, CodeMailOptionsValidator>();
        services.AddDataProtection().SetApplicationName("OrleansKd.SignIn").PersistKeysToFileSystem(new DirectoryInfo(PrivateFolder.Make(Path.Combine(options.Data, "protection"))));
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.FormFieldName = "form_token";
            antiforgery.HeaderName = null;
            antiforgery.SuppressXFrameOptionsHeader = true;
            antiforgery.Cookie.Name = "orleanskd-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddHsts(hsts => (hsts.MaxAge, hsts.IncludeSubDomains) = (TimeSpan.FromDays(365), false));
        // Other names than its own lead elsewhere: to a page that shows this one's under a name of its own.
        services.Configure<Microsoft.AspNetCore.HostFiltering.HostFilteringOptions>(hosts => hosts.AllowedHosts = [ListenRules.IssuerOf(urls, options).Host]);
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = options.TlsProxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var proxy in options.TlsProxies)
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        });
    }

    public static void UseEdge(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => IsCallers(exception) ? StatusCodes.Status400BadRequest : StatusCodes.Status500InternalServerError,
            SuppressDiagnosticsCallback = failure => IsCallers(failure.Exception),
            ExceptionHandler = context => (context.Response.StatusCode == StatusCodes.Status400BadRequest ? Page.Stale() : Page.Failed()).ExecuteAsync(context),
        });
        app.Use(AddHeaders);
        app.UseHsts();
        app.Use(LimitProtocol);
        app.UseRouting();
        app.UseAuthentication();
    }

    /// <summary>A body that is no form, or too large.</summary>
    private static bool IsCallers(Exception exception) => exception is BadHttpRequestException or InvalidDataException;

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "interest-cohort=()";
        headers.CacheControl = "no-store";
        return next(context);
    }

    /// <summary>Programs get a limit of their own, by client.</summary>
    private static Task LimitProtocol(HttpContext context, RequestDelegate next)
    {
        var limits = context.RequestServices.GetRequiredService<AttemptLimits>();
        var limit = context.Request.Path.Value switch
        {
            Endpoints.Authorization => limits.Devices,
            Endpoints.Token or Endpoints.Revocation => limits.Tokens,
            _ => null,
        };
        if (limit is null || limit.TryTake(AttemptLimits.ClientOf(context.Connection.RemoteIpAddress)))
            return next(context);
        context.Response.Headers.RetryAfter = "60";
        return Results.Json(new { error = "slow_down", error_description = "Too many requests from your network. Wait a minute." }, statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }

    private static X509Certificate2 CertificateOf(CertificateOptions options, Microsoft.AspNetCore.Server.Kestrel.Https.HttpsConnectionAdapterOptions https)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.File);
        https.ServerCertificateChain = chain;
        using var pem = X509Certificate2.CreateFromPemFile(options.File, options.KeyFile.Length > 0 ? options.KeyFile : null);
        // Windows' TLS needs a key that is stored.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }
}
