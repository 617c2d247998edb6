using System.Text;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MimeKit;
using OrleansKd.AzureTables.Hosting;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.EndToEnd.Tests.Infrastructure;

/// <summary>A place where a run leaves something, and what is there.</summary>
internal sealed record KeptPiece(string Kind, string Name, byte[] Bytes);

/// <summary>Collects what a run left behind, each piece by its kind and name.</summary>
internal static class EverythingKept
{
    public const string Row = "row", Entry = "log entry", Mail = "mail", Output = "output of a program", File = "file", Answer = "answer of the server";

    /// <summary>Every row of every table: all names and values of a row, and its binary values end to end, which is how they are read.</summary>
    public static async Task<List<KeptPiece>> RowsAsync(string connectionString, CancellationToken cancellationToken)
    {
        List<KeptPiece> pieces = [];
        var service = new TableServiceClient(connectionString);
        await foreach (var table in service.QueryAsync(cancellationToken: cancellationToken))
        {
            await foreach (var row in service.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: cancellationToken))
            {
                var text = string.Join('\n', row.Select(property => $"{property.Key}={property.Value}"));
                var bytes = row.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => property.Value).OfType<byte[]>().SelectMany(value => value);
                pieces.Add(new(Row, $"{table.Name} {row.PartitionKey} {row.RowKey}", [.. Encoding.UTF8.GetBytes(text), 0, .. bytes]));
            }
        }
        return pieces;
    }

    /// <summary>Every entry of these sessions' logs, as the product reads them: rows are compressed.</summary>
    public static async Task<List<KeptPiece>> EntriesAsync(string connectionString, string table, IEnumerable<string> sessions, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAzureTableSessionLog(options =>
        {
            options.Connection = new AzureTablesConnection { ConnectionString = connectionString };
            options.TableName = table;
        });
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var log = host.Services.GetRequiredService<ISessionLog>();
        List<KeptPiece> pieces = [];
        foreach (var session in sessions)
        {
            for (var after = 0L; await log.Read(SessionId.Parse(session), after, int.MaxValue, cancellationToken) is { Length: > 0 } entries; after = entries[^1].Sequence)
                pieces.AddRange(entries.Select(entry => new KeptPiece(Entry, $"{session} {entry.Sequence} {entry.Kind}", entry.Body.ToArray())));
        }
        await host.StopAsync(cancellationToken);
        return pieces;
    }

    /// <summary>Every file below a folder; a mail also as its reader sees it.</summary>
    public static List<KeptPiece> Files(string folder)
    {
        List<KeptPiece> pieces = [];
        // Sockets are no files.
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => new FileInfo(path) is { Length: > 0 }))
        {
            var bytes = ReadShared(path);
            var name = Path.GetRelativePath(folder, path);
            if (Path.GetExtension(path) != ".eml")
            {
                pieces.Add(new(File, name, bytes));
                continue;
            }
            var mail = MimeMessage.Load(new MemoryStream(bytes));
            var read = string.Join('\n', mail.Headers.Select(header => header.Value).Append(mail.TextBody).Append(mail.HtmlBody));
            pieces.Add(new(Mail, name, [.. bytes, 0, .. Encoding.UTF8.GetBytes(read)]));
        }
        return pieces;
    }

    public static KeptPiece Text(string kind, string name, string text) => new(kind, name, Encoding.UTF8.GetBytes(text));

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }
}
