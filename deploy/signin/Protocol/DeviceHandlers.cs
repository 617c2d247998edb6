using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OrleansKd.SignIn.Hosting;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OrleansKd.SignIn.Protocol;

/// <summary>Tells a device how often it may ask, and remembers what it calls itself.</summary>
internal sealed class AnswerToDevice(PendingDevices devices, IOptions<SignInOptions> options) : IOpenIddictServerHandler<ApplyDeviceAuthorizationResponseContext>
{
    /// <summary>A parameter of ours in the device authorization request.</summary>
    public const string DeviceName = "device_name";

    public ValueTask HandleAsync(ApplyDeviceAuthorizationResponseContext context)
    {
        if (string.IsNullOrEmpty(context.Error))
        {
            context.Response["interval"] = (long)Math.Ceiling(options.Value.PollInterval.TotalSeconds);
            devices.Remember(context.Response.UserCode, (string?)context.Request?[DeviceName]);
        }
        return default;
    }
}

/// <summary>RFC 8628, 3.5: a device that asks too often is told, before anything is looked up for it.</summary>
internal sealed class SlowDown(PendingDevices devices) : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (context.Request.IsDeviceCodeGrantType() && context.Request.DeviceCode is { Length: > 0 } code
            && devices.IsTooSoon(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code)))))
            context.Reject(Errors.SlowDown, "Ask less often: wait five seconds longer between two questions.");
        return default;
    }
}
