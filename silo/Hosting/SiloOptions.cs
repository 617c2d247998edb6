using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansKd.Silo.Hosting;

/// <summary>What this process is.</summary>
public enum SiloRole
{
    /// <summary>Edge and silo in one process.</summary>
    All,

    /// <summary>An Orleans silo without an edge.</summary>
    Silo,

    /// <summary>An edge that is an Orleans client.</summary>
    Edge,
}

/// <summary>Section <c>OrleansKd:Silo</c>: the cluster and this process's place in it.</summary>
public sealed class SiloOptions
{
    public SiloRole Role { get; set; } = SiloRole.All;

    /// <summary>Silos with the same id form one cluster.</summary>
    public string ClusterId { get; set; } = "orleanskd";

    /// <summary>Names the data: clusters with the same id see the same grains' state.</summary>
    public string ServiceId { get; set; } = "orleanskd";

    /// <summary>Address of the Orleans ports. An Orleans gateway trusts whoever connects to it, so never a public one.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Lets <see cref="Address"/> be one that the internet can reach: only behind a firewall that lets the cluster's own servers through alone.</summary>
    public bool AllowPublicAddress { get; set; }

    public int SiloPort { get; set; } = 11111;

    public int GatewayPort { get; set; } = 30000;
}

internal sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        var failures = new List<string>();
        if (!IPAddress.TryParse(options.Address, out var address))
            failures.Add($"OrleansKd:Silo:Address is '{options.Address}'; it must be an IP address of this machine, such as 127.0.0.1.");
        else if (options.Role is not SiloRole.Edge && !options.AllowPublicAddress && !PrivateAddresses.Contains(address))
        {
            failures.Add($"OrleansKd:Silo:Address {address} is not a private one. Whoever reaches Orleans' ports can call any grain in anybody's name, without signing in. Use an address of the cluster's own network; " +
                "or, when a firewall lets only the cluster's servers through, set OrleansKd:Silo:AllowPublicAddress to true.");
        }
        if (options.SiloPort is < 1 or > 65535 || options.GatewayPort is < 1 or > 65535 || options.SiloPort == options.GatewayPort)
            failures.Add($"OrleansKd:Silo:SiloPort ({options.SiloPort}) and :GatewayPort ({options.GatewayPort}) must be two different ports from 1 to 65535.");
        if (string.IsNullOrWhiteSpace(options.ClusterId) || string.IsNullOrWhiteSpace(options.ServiceId))
            failures.Add("OrleansKd:Silo:ClusterId and :ServiceId must not be empty.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
