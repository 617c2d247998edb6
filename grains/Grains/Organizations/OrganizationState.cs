using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansKd.Grains.Abstractions.Users;

namespace OrleansKd.Grains.Organizations;

/// <summary>A stored organization. Names are stored: never renamed; members are only ever added.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.OrganizationState")]
internal sealed record OrganizationState
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new UserIdText() },
    };

    /// <summary>JSON of <see cref="Organization"/>: its own format, as small as it can be, whatever the storage provider's serializer does.</summary>
    [Id(0)]
    public string? State { get; init; }

    public static OrganizationState Of(Organization organization) => new() { State = JsonSerializer.Serialize(organization, Json) };

    /// <exception cref="JsonException">It can't be read: it is never taken for an organization that has decided nothing.</exception>
    public Organization Restore() => State is null
        ? new Organization()
        : JsonSerializer.Deserialize<Organization>(State, Json) ?? throw new JsonException("An organization's stored state is JSON null.");

    private sealed class UserIdText : JsonConverter<UserId>
    {
        public override UserId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => UserId.FromKey(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, UserId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
