namespace OrleansKd.SignIn.Protocol;

/// <summary>Every path of this sign-in.</summary>
internal static class Endpoints
{
    public const string Authorization = "/connect/device";
    public const string Token = "/connect/token";
    public const string Revocation = "/connect/revoke";

    /// <summary>What people type: the device's code, and at the end the consent.</summary>
    public const string Device = "/device";

    public const string DeviceCode = "/device/code";
    public const string Email = "/device/email";
    public const string MailCode = "/device/mail-code";
    public const string Name = "/device/name";
    public const string Consent = "/device/consent";
    public const string Done = "/device/done";
    public const string Denied = "/device/denied";
    public const string Style = "/style.css";
    public const string Health = "/health";
}
