using System.Text;
using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Settings;

/// <summary>The user's settings, in <c>settings.jsonc</c> of the folder that holds their profiles.</summary>
internal sealed class SettingsFile(string home)
{
    /// <summary>A settings file with all its comments has two kilobytes; something far larger is none.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Its full path.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(home), "settings.jsonc");

    /// <summary>Never fails: without a file, and for what is wrong in it, the defaults count.</summary>
    /// <returns>The settings, and what the person should put right; null: nothing.</returns>
    public (ClientSettings Settings, string? Problem) Load()
    {
        try
        {
            using var file = File.OpenRead(Path);
            if (file.Length > MaxBytes)
                return (new ClientSettings(), $"'{Path}' has {file.Length} bytes, so it holds no settings. Move it away, then 'orleanskd settings write' makes a new one.");
            var text = new byte[file.Length];
            file.ReadExactly(text);
            var (settings, problems) = SettingsText.Parse(text);
            return (settings, problems.Count == 0 ? null : $"'{Path}', {string.Join("\n", problems)}\nThe default counts there. 'orleanskd settings show' shows what counts.");
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return (new ClientSettings(), null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (new ClientSettings(), $"'{Path}' can't be read ({problem.Message}), so the default settings count.");
        }
    }

    /// <summary>Makes the file, with all defaults explained.</summary>
    /// <exception cref="ProblemException">It is there already: nobody's settings are overwritten.</exception>
    public void WriteDefaults()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        try
        {
            using var file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(SettingsText.Write(new ClientSettings())));
        }
        catch (IOException problem) when (File.Exists(Path))
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, $"'{Path}' is there already, and stays as it is. Edit it, or move it away first; 'orleanskd settings show' shows what counts.", problem);
        }
    }
}
