using Microsoft.Extensions.Options;

namespace OrleansKd.Silo.Hosting;

/// <summary>Section <c>OrleansKd:Edge</c>: what this process takes on as an edge. Read again when the settings change.</summary>
public sealed class EdgeOptions
{
    /// <summary>
    /// Memory that this process may hold, all roles together. Near it, it refuses newcomers instead of being killed. Null:
    /// <see cref="DefaultShare"/> of what the runtime says is there.
    /// </summary>
    public int? MemoryBudgetMegabytes { get; set; }

    /// <summary>Searches for people (Find) that one user may make within a minute at this process: quick typing, but no address book.</summary>
    public int FindsPerMinute { get; set; } = 30;

    /// <summary>The same for requests that invite, each of ten people at most, who get a mail.</summary>
    public int InvitesPerMinute { get; set; } = 30;

    /// <summary>The same for commands: a script's, and a pasted one's.</summary>
    public int CommandsPerMinute { get; set; } = 1200;

    /// <summary>The same for requests of any kind.</summary>
    public int RequestsPerMinute { get; set; } = 6000;

    /// <summary>
    /// The same for follows of transcripts: all that one user may have open (<see cref="Relay.OpenFollows.OfUser"/>) come back at once, and again a minute later,
    /// when their server is started anew.
    /// </summary>
    public int FollowsPerMinute { get; set; } = 600;

    /// <summary>Requests within a minute whose access token is none that this server accepts, from one address.</summary>
    public int BadTokensPerMinute { get; set; } = 600;

    /// <summary>Connections that this process holds at once, WebSockets among them. An idle one costs 33 KB, with TLS 73 KB.</summary>
    public int Connections { get; set; } = 20_000;

    /// <summary>Of them, from one address.</summary>
    public int ConnectionsPerAddress { get; set; } = 2_000;

    /// <summary>How long a connection may keep this process waiting.</summary>
    public SlowClientOptions SlowClients { get; set; } = new();

    /// <summary>A proxy ends TLS in front of this edge, which may then listen without it on an address that only the proxy reaches.</summary>
    public bool BehindTlsProxy { get; set; }

    /// <summary>IP addresses, or networks such as <c>10.1.0.0/16</c>, of proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> count.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Origins, besides this server's own, whose pages may call: scheme, host and port alone.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>The rest is for the system and for what happens between two looks.</summary>
    internal const double DefaultShare = 0.8;

    /// <summary>A server that does nothing holds more than that: less would only ever refuse.</summary>
    internal const int LeastMegabytes = 64;

    internal long BudgetBytes => MemoryBudgetMegabytes is { } megabytes
        ? megabytes * 1024L * 1024
        : (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * DefaultShare);
}

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        List<string> failures = [];
        if (options.MemoryBudgetMegabytes is < EdgeOptions.LeastMegabytes)
            failures.Add($"OrleansKd:Edge:MemoryBudgetMegabytes is {options.MemoryBudgetMegabytes}; it must be at least {EdgeOptions.LeastMegabytes}, or left out ({EdgeOptions.DefaultShare:P0} of this machine's or container's memory).");
        if (options.FindsPerMinute < 1 || options.InvitesPerMinute < 1)
            failures.Add($"OrleansKd:Edge:FindsPerMinute ({options.FindsPerMinute}) and :InvitesPerMinute ({options.InvitesPerMinute}) must be at least 1.");
        if (options.CommandsPerMinute < 1 || options.RequestsPerMinute < 1 || options.FollowsPerMinute < 1 || options.BadTokensPerMinute < 1)
            failures.Add($"OrleansKd:Edge:CommandsPerMinute ({options.CommandsPerMinute}), :RequestsPerMinute ({options.RequestsPerMinute}), :FollowsPerMinute ({options.FollowsPerMinute}) and :BadTokensPerMinute ({options.BadTokensPerMinute}) must be at least 1.");
        if (options.ConnectionsPerAddress < 1 || options.Connections < options.ConnectionsPerAddress)
            failures.Add($"OrleansKd:Edge:Connections ({options.Connections}) must be at least :ConnectionsPerAddress ({options.ConnectionsPerAddress}), and that at least 1.");
        failures.AddRange(options.SlowClients.Problems());
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
