using System.Globalization;
using System.Text;
using Azure.Data.Tables;

namespace OrleansKd.AzureTables.GrainStorage;

/// <summary>
/// A grain's serialised state in the properties of one row: <c>Data</c>, <c>Data1</c>, … <c>Data14</c> (binary), or
/// <c>StringData</c>, <c>StringData1</c>, … (text), each filled before the next one is used.
/// </summary>
internal static class GrainStateData
{
    /// <summary>An entity has 1 MiB; 15 properties leave room for keys and names.</summary>
    public const int MaxProperties = 15;

    /// <summary>Azure's limit for a property; a text property has two bytes for each character.</summary>
    public const int PropertyBytes = 64 * 1024;

    public const int PropertyCharacters = PropertyBytes / 2;

    public const int MaxBytes = MaxProperties * PropertyBytes;

    public const int MaxCharacters = MaxProperties * PropertyCharacters;

    private const string BinaryName = "Data";
    private const string TextName = "StringData";

    /// <exception cref="ArgumentOutOfRangeException">It does not fit into a row.</exception>
    public static void WriteBinary(TableEntity row, BinaryData data)
    {
        var bytes = data.ToMemory();
        if (bytes.Length > MaxBytes)
        {
            throw TooLarge(row, $"{bytes.Length} bytes; a row holds {MaxBytes}");
        }

        for (var i = 0; i * PropertyBytes < bytes.Length; i++)
        {
            row[Name(BinaryName, i)] = bytes.Slice(i * PropertyBytes, Math.Min(PropertyBytes, bytes.Length - i * PropertyBytes)).ToArray();
        }
    }

    /// <inheritdoc cref="WriteBinary"/>
    public static void WriteText(TableEntity row, BinaryData data)
    {
        var text = data.ToString();
        if (text.Length > MaxCharacters)
        {
            throw TooLarge(row, $"{text.Length} characters; a row holds {MaxCharacters}");
        }

        for (var i = 0; i * PropertyCharacters < text.Length; i++)
        {
            row[Name(TextName, i)] = text.Substring(i * PropertyCharacters, Math.Min(PropertyCharacters, text.Length - i * PropertyCharacters));
        }
    }

    /// <summary>Null when the row has no data: its state was cleared.</summary>
    public static BinaryData? Read(TableEntity row)
    {
        var bytes = Parts(row, BinaryName).Select(AsBytes).ToArray();
        if (bytes.Any(part => part.Length > 0))
        {
            return bytes is [var single] ? new BinaryData(single) : new BinaryData(bytes.SelectMany(part => part).ToArray());
        }

        var text = new StringBuilder();
        foreach (var part in Parts(row, TextName))
        {
            text.Append(part as string ?? throw new FormatException($"A property {TextName} holds a {part.GetType().Name}; text is expected."));
        }

        return text.Length == 0 ? null : new BinaryData(text.ToString());
    }

    /// <exception cref="FormatException">One is lost: what is left must not be taken for the state, or for none.</exception>
    private static List<object> Parts(TableEntity row, string name)
    {
        List<object> parts = [];
        while (row.TryGetValue(Name(name, parts.Count), out var part) && part is not null)
        {
            parts.Add(part);
        }

        for (var i = parts.Count + 1; i < MaxProperties; i++)
        {
            if (row.TryGetValue(Name(name, i), out var behind) && behind is not null)
            {
                throw new FormatException($"The state '{row.RowKey}' of '{row.PartitionKey}' has {Name(name, i)} but no {Name(name, parts.Count)}.");
            }
        }

        return parts;
    }

    // Text where bytes are expected is base64: some tools write binary properties so.
    private static byte[] AsBytes(object part) => part switch
    {
        byte[] bytes => bytes,
        BinaryData data => data.ToArray(),
        string text => Convert.FromBase64String(text),
        _ => throw new FormatException($"A property {BinaryName} holds a {part.GetType().Name}; binary or base64 text is expected."),
    };

    private static string Name(string name, int index) => index == 0 ? name : name + index.ToString(CultureInfo.InvariantCulture);

    private static ArgumentOutOfRangeException TooLarge(TableEntity row, string size) =>
        new(nameof(row), $"The state '{row.RowKey}' of '{row.PartitionKey}' is too large: {size}. Keep less in one grain's state.");
}
