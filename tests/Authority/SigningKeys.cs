using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace OrleansKd.TestAuthority;

/// <summary>The authority's keys, kept in a folder of their own (0700, files 0600) so that tokens outlive a restart.</summary>
internal sealed class SigningKeys
{
    private SigningKeys(RSA rsa, byte[] secret)
    {
        Signing = new RsaSecurityKey(rsa) { KeyId = Base64UrlEncoder.Encode(SHA256.HashData(rsa.ExportSubjectPublicKeyInfo())[..12]) };
        Secret = secret;
    }

    public RsaSecurityKey Signing { get; }

    /// <summary>Seals refresh tokens.</summary>
    public byte[] Secret { get; }

    public static SigningKeys Open(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var rsa = RSA.Create(2048);
        rsa.ImportPkcs8PrivateKey(ReadOrWrite(Path.Combine(folder, "signing.key"), rsa.ExportPkcs8PrivateKey), out _);
        return new SigningKeys(rsa, ReadOrWrite(Path.Combine(folder, "refresh.key"), () => RandomNumberGenerator.GetBytes(32)));
    }

    private static byte[] ReadOrWrite(string file, Func<byte[]> make)
    {
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            stream.Write(make());
        }
        return File.ReadAllBytes(file);
    }
}
