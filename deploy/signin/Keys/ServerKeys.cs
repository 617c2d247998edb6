using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OpenIddict.Server;

namespace OrleansKd.SignIn.Keys;

/// <summary>Gives OpenIddict the keys of the ring, again at each change. It signs and seals with the first of its list.</summary>
internal sealed class ServerKeys(KeyRing keys) :
    IConfigureOptions<OpenIddictServerOptions>, IPostConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => keys.Changes();

    public void Configure(OpenIddictServerOptions options)
    {
        options.SigningCredentials.AddRange(keys.Signing);
        options.EncryptionCredentials.AddRange(keys.Sealing);
    }

    /// <summary>OpenIddict sorts the lists, and no order is promised for keys of one kind.</summary>
    public void PostConfigure(string? name, OpenIddictServerOptions options)
    {
        options.SigningCredentials.Clear();
        options.EncryptionCredentials.Clear();
        Configure(options);
    }
}
