using OrleansKd.Agent.SignIn;

namespace OrleansKd.Tui.Tests.SignIn;

/// <summary>A folder for profiles that goes away.</summary>
public sealed class TemporaryHome : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("orleanskd-").FullName;

    public ProfileStore Store => new(Folder);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
