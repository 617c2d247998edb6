using Microsoft.EntityFrameworkCore;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Store;

/// <summary>The file's tables: made once, and only used in the version that this program knows.</summary>
internal static class Schema
{
    /// <summary>Stands in the file. A program with another schema raises it and brings the file along.</summary>
    private const int Version = 1;

    private const string SetVersion = "PRAGMA user_version = 1";

    public static string FileIn(string data) => Path.Combine(data, "sign-in.db");

    /// <exception cref="StartException">The file is another program's, or damaged.</exception>
    public static async Task OpenAsync(SignInDb db, string file, CancellationToken cancellationToken)
    {
        PrivateFolder.Touch(file);
        try
        {
            var found = await db.Database.SqlQueryRaw<int>("SELECT user_version AS Value FROM pragma_user_version").SingleAsync(cancellationToken);
            if (found == 0)
            {
                await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = 'wal'", cancellationToken);
                await db.Database.EnsureCreatedAsync(cancellationToken);
                await db.Database.ExecuteSqlRawAsync(SetVersion, cancellationToken);
            }
            else if (found != Version)
            {
                throw new StartException($"'{file}' has version {found} of the tables, this program knows version {Version}. Start the version of OrleansKd that wrote it.");
            }
        }
        catch (Microsoft.Data.Sqlite.SqliteException exception)
        {
            throw new StartException($"'{file}' can't be used: {exception.Message} Put it back from a copy; without it, everybody signs in again.", exception);
        }
    }
}
