using System.Security.Cryptography;
using System.Text;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Attempts;

/// <summary>Browsers under way, by a random cookie. In memory: after a restart a person begins anew.</summary>
internal sealed class BrowserSessions(TimeProvider time)
{
    public const string Cookie = "orleanskd-sign-in";

    /// <summary>From the first page to the consent: longer than a device's code lives.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>A few hundred bytes each.</summary>
    private const int Most = 10_000;

    private readonly ExpiringMap<SignInAttempt> attempts = new(Most, Lifetime, time);

    /// <summary>The browser's attempt; null when it has none.</summary>
    public SignInAttempt? Find(HttpContext context) =>
        context.Request.Cookies[Cookie] is { Length: > 0 } cookie && attempts.TryGet(KeyOf(cookie), out var attempt) ? attempt : null;

    /// <summary>A new attempt with a new cookie, whatever the browser brought along.</summary>
    public SignInAttempt Begin(HttpContext context, string userCode)
    {
        End(context);
        var cookie = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        context.Response.Cookies.Append(Cookie, cookie, new CookieOptions { HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" });
        var attempt = attempts.GetOrAdd(KeyOf(cookie), () => new SignInAttempt());
        attempt.Begin(userCode);
        return attempt;
    }

    public void End(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { Length: > 0 } cookie)
            attempts.Remove(KeyOf(cookie));
    }

    private static string KeyOf(string cookie) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(cookie)));
}
