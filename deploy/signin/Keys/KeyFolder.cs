using System.Security.Cryptography;
using System.Text.Json;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Keys;

/// <summary>Keys on disk, each in a file of its own (0600, in a folder 0700).</summary>
internal sealed class KeyFolder
{
    private readonly string folder;

    public KeyFolder(string data) => folder = PrivateFolder.Make(Path.Combine(data, "keys"));

    /// <exception cref="StartException">A file is no key.</exception>
    public IReadOnlyList<StoredKey> Load() => [.. Directory.EnumerateFiles(folder, "*.json").Select(Read)];

    public StoredKey Make(KeyUse use, DateTimeOffset now)
    {
        var key = new StoredKey(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), use, now, use is KeyUse.Signing ? NewSigningKey() : RandomNumberGenerator.GetBytes(32));
        PrivateFolder.Write(PathOf(key), JsonSerializer.SerializeToUtf8Bytes(key));
        return key;
    }

    public void Delete(StoredKey key) => File.Delete(PathOf(key));

    private string PathOf(StoredKey key) => Path.Combine(folder, $"{key.Use.ToString().ToLowerInvariant()}-{key.Id}.json");

    private static byte[] NewSigningKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    private static StoredKey Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredKey>(File.ReadAllBytes(path)) ?? throw new JsonException("it is JSON null");
        }
        catch (JsonException exception)
        {
            throw new StartException($"'{path}' is not a key ({exception.Message}). Put it back from a copy; without it, whoever signed in with it signs in again.", exception);
        }
    }
}
