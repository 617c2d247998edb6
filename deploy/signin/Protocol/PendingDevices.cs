using Microsoft.Extensions.Options;
using OrleansKd.Contracts;
using OrleansKd.SignIn.Attempts;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Protocol;

/// <summary>
/// What this process knows of devices that wait for their user, beside what is stored: their names, and when they asked last. After a restart
/// a device has no name, and may ask at once.
/// </summary>
internal sealed class PendingDevices(IOptions<SignInOptions> options, TimeProvider time)
{
    /// <summary>Names on a page; longer ones are nobody's.</summary>
    private const int NameLength = 60;

    /// <summary>A client's clock and the network may make it a little early.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>RFC 8628, 3.5: each time, for this and all following questions.</summary>
    private static readonly TimeSpan Slower = TimeSpan.FromSeconds(5);

    private const int Most = 10_000;

    private readonly ExpiringMap<string> names = new(Most, options.Value.DeviceCodeLifetime, time);
    private readonly ExpiringMap<Asking> askings = new(Most, options.Value.DeviceCodeLifetime, time);

    public void Remember(string? userCode, string? name)
    {
        var shown = VisibleText.Line((name ?? "").Trim());
        if (DeviceCode.Normalize(userCode) is { } code && shown.Length > 0)
            names.GetOrAdd(code, () => shown.Length <= NameLength ? shown : shown[..NameLength] + "…");
    }

    /// <summary>As the device calls itself; it proves nothing.</summary>
    public string? NameOf(string userCode) => names.TryGet(userCode, out var name) ? name : null;

    /// <summary>Whether a device asks sooner than it may.</summary>
    public bool IsTooSoon(string deviceCode)
    {
        var asking = askings.GetOrAdd(deviceCode, () => new Asking(options.Value.PollInterval));
        lock (asking)
        {
            var now = time.GetUtcNow();
            var isTooSoon = asking.LastAt is { } last && now - last < asking.Interval - Tolerance;
            if (isTooSoon)
                asking.Interval += Slower;
            asking.LastAt = now;
            return isTooSoon;
        }
    }

    private sealed class Asking(TimeSpan interval)
    {
        public TimeSpan Interval { get; set; } = interval;

        public DateTimeOffset? LastAt { get; set; }
    }
}
