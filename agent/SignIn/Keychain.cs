using System.Security.Cryptography;
using Microsoft.Identity.Client.Extensions.Msal;

namespace OrleansKd.Agent.SignIn;

/// <summary>
/// One key of this user's, kept by what the platform has for that: DPAPI on Windows, the keychain on macOS (neither was run), the Secret
/// Service on Linux (GNOME Keyring, KWallet). Where there is none, or it is locked and nobody can be asked, there is no key.
/// </summary>
internal sealed class Keychain
{
    /// <summary>Of AES-256.</summary>
    private const int KeyBytes = 32;

    private const string FileName = "sealing-key";

    private readonly string folder;
    private readonly Lazy<Storage?> storage;
    private byte[]? key;

    private Keychain(string folder)
    {
        this.folder = folder;
        storage = new(Open);
    }

    /// <summary>The user's; null where it can't be: a Linux without a session bus, and a home folder of somebody's own choice, which holds everything itself.</summary>
    public static Keychain? ForUser(string home, Func<string, string?> environment) =>
        environment("ORLEANSKD_HOME") is { Length: > 0 } || (OperatingSystem.IsLinux() && !HasSessionBus(environment))
            ? null
            : new(Path.Combine(Path.GetFullPath(home), ProfileStore.FolderName));

    /// <summary>The key that was made before.</summary>
    public byte[]? Find() => key ??= Read();

    /// <summary>The key that was made before, by any process of this user, else a new one.</summary>
    public byte[]? FindOrMake()
    {
        if (Find() is { } known || storage.Value is not { } keeper)
            return key;
        PrivateFiles.MakeFolder(folder);
        using var oneAtATime = new CrossPlatLock(Path.Combine(folder, FileName + ".lock"));
        if (Find() is { } other)
            return other;
        return Kept(() =>
        {
            keeper.WriteData(RandomNumberGenerator.GetBytes(KeyBytes));
            return Read();
        });
    }

    private byte[]? Read() => Kept(() => storage.Value?.ReadData() is { Length: KeyBytes } read ? read : null);

    private byte[]? Kept(Func<byte[]?> action)
    {
        try
        {
            return key = action();
        }
        catch (Exception problem) when (problem.GetType().Assembly == typeof(Storage).Assembly || problem is DllNotFoundException or CryptographicException or IOException)
        {
            return null;
        }
    }

    private Storage? Open() => Storage.Create(new StorageCreationPropertiesBuilder(FileName, folder)
        .WithMacKeyChain("OrleansKd", "sign-ins")
        .WithLinuxKeyring("io.github.orleanskd", MsalCacheHelper.LinuxKeyRingDefaultCollection, "OrleansKd: key of the remembered sign-ins", new("application", "orleanskd"), new("kind", FileName))
        .Build());

    private static bool HasSessionBus(Func<string, string?> environment) =>
        environment("DBUS_SESSION_BUS_ADDRESS") is { Length: > 0 } || (environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && File.Exists(Path.Combine(runtime, "bus")));
}
