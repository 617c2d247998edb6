using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OrleansKd.Hosting;
using OrleansKd.SignIn.Keys;
using OrleansKd.SignIn.Protocol;
using OrleansKd.SignIn.Store;

namespace OrleansKd.SignIn.Hosting;

/// <summary>Settings first, then keys and tables, then the port: or one message why not.</summary>
internal static class Start
{
    private static readonly Dictionary<string, string> Switches = new() { ["--data"] = "OrleansKd:SignIn:Data", ["--issuer"] = "OrleansKd:SignIn:Issuer" };

    /// <summary>The builder with all settings, which are in order.</summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static (WebApplicationBuilder Builder, string[] Urls, SignInOptions Options) Configure(string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(arguments, Switches);
        VisibleConsole.AddTo(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("OpenIddict", LogLevel.Warning);
        // It says that it forbids caching, which is forbidden anyway.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        // That its keys lie readable in a folder that only this user can read is known.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        var options = builder.Configuration.GetSection("OrleansKd:SignIn").Get<SignInOptions>() ?? new SignInOptions();
        var checkedOptions = new SignInOptionsValidator(builder.Configuration).Validate(null, options);
        if (checkedOptions.Failed)
            throw new StartException(string.Join('\n', checkedOptions.Failures));
        PrivateFolder.Make(options.Data);
        builder.Services.AddOptions<SignInOptions>().BindConfiguration("OrleansKd:SignIn");
        return (builder, ListenRules.UrlsIn(builder.Configuration), options);
    }

    /// <exception cref="StartException">Keys or tables can't be used.</exception>
    public static async Task OpenAsync(WebApplication app)
    {
        try
        {
            app.Services.GetService<IStartupValidator>()?.Validate();
            app.Services.GetRequiredService<KeyRing>().Look();
        }
        catch (Exception exception) when (exception is OptionsValidationException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartException(exception.Message, exception);
        }
        await using var scope = app.Services.CreateAsyncScope();
        var data = scope.ServiceProvider.GetRequiredService<IOptions<SignInOptions>>().Value.Data;
        await Schema.OpenAsync(scope.ServiceProvider.GetRequiredService<SignInDb>(), Schema.FileIn(data), CancellationToken.None);
        await OpenIdHosting.RegisterClientAsync(scope.ServiceProvider, CancellationToken.None);
    }
}
