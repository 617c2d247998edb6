using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Attempts;

/// <summary>How often somebody may try. Whether an address is known plays no part.</summary>
internal sealed class AttemptLimits(IOptions<SignInOptions> options, TimeProvider time)
{
    private readonly RateLimit mails = new(options.Value.Limits.MailsPerHour, TimeSpan.FromHours(1), time);
    private readonly RateLimit mailsOfAll = new(options.Value.Limits.MailsPerAddressAndHour, TimeSpan.FromHours(1), time);

    /// <summary>Pages and forms, by client.</summary>
    public RateLimit Forms { get; } = new(options.Value.Limits.FormsPerMinute, TimeSpan.FromMinutes(1), time);

    /// <summary>Device authorization requests, by client.</summary>
    public RateLimit Devices { get; } = new(options.Value.Limits.DevicesPerMinute, TimeSpan.FromMinutes(1), time);

    /// <summary>Token and revocation requests, by client.</summary>
    public RateLimit Tokens { get; } = new(options.Value.Limits.TokensPerMinute, TimeSpan.FromMinutes(1), time);

    /// <summary>Counts a mail to an address; false when it is one too many. What a client asks in vain is not counted for others.</summary>
    public bool TryMail(string client, string email) => mails.TryTake($"{client} {email}") && mailsOfAll.TryTake(email);

    /// <summary>Whoever has an IPv6 address has 2^64 of them.</summary>
    public static string ClientOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
