using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansKd.Contracts;

/// <summary>JSON of the wire: camel case, enums as camel case text, nulls left out. Used by REST on both sides and by <c>--json</c>.</summary>
public static class WireJson
{
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }
}
