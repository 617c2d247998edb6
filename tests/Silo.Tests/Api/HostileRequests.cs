using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using OrleansKd.Contracts;

namespace OrleansKd.Silo.Tests.Api;

/// <summary>One request that a hostile or broken program may send.</summary>
internal sealed record HostileRequest(string Operation, string Method, string Target, string? ContentType, byte[]? Body, string? Key, bool AsStranger)
{
    public override string ToString() =>
        $"{Method} {(Target.Length < 300 ? Target : $"{Target[..300]}… {Target.Length} characters")} ({Operation}) {ContentType} key={Key} stranger={AsStranger} body={(Body is null ? "none" : JsonSerializer.Serialize(Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 300))))}";
}

/// <summary>
/// Random requests for the operations of an OpenAPI document: mostly of the right shape with hostile values, so that they get past the first
/// check, and some of no shape at all.
/// </summary>
internal sealed class HostileRequests(JsonObject document, string sessionId)
{
    private static readonly string[] NastyTexts =
    [
        "", " ", "\0", "\u202Eevil", "\u200B", "a\u0000b", "\uFEFF", "\ud800", "é", "🦄", "bt", "b", "host@contoso.example", "client@fabrikam.example", "nobody@fabrikam.example",
        "@", "a@b", "x@\u202Efabrikam.example", "'; DROP TABLE--", "../../etc/passwd", "..", ".", "%2e%2e%2f", "%00", "a/b", "a\\b", "a#b?c", "letRun", "leaveStopped", "inspect", "full", "host",
        "<script>", "${jndi:x}", "{0}", "\r\nSet-Cookie: x", "٣", "-1", "9223372036854775807", "1e999", "NaN", "null", "🏳️‍🌈@contoso.example",
    ];

    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, One(NastyTexts)),
        (2, Gen.String[0, 40]),
        (1, Gen.Select(One("x", "é", "\u202E", "🦄", "=", "/"), One(100, 254, 255, 1000, 4097, 33_000), (text, count) => string.Concat(Enumerable.Repeat(text, count)))),
        // As long as an address may be, and longer once it is a key.
        (1, One("é", "\u202E", "ж").Select(text => string.Concat(Enumerable.Repeat(text, 230)) + "@contoso.example")));

    private static readonly Gen<string> ContentTypes = Gen.Frequency(
        (20, Gen.Const("application/json")),
        (1, One("application/json; charset=utf-16", "application/json; charset=x", "text/plain", "application/xml", "application/problem+json", "application/json; charset=\"utf-8\"", "multipart/form-data")));

    private static readonly Gen<string?> Keys = Gen.Frequency(
        (4, Gen.Const((string?)null)),
        (2, One("k1", "k2", "k3").Select(key => (string?)key)),
        (1, One("", " ", "with space", new string('k', 65), "~!").Select(key => (string?)key)));

    public Gen<HostileRequest> Any => Gen.OneOf([.. Operations().Select(RequestOf)]);

    private IEnumerable<(string Path, string Method, JsonObject Operation)> Operations() =>
        from path in document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
            // It has no end while the session lives.
        where path.Key != Routes.TranscriptFollow
        select (path.Key, method.Key.ToUpperInvariant(), method.Value!.AsObject());

    private Gen<HostileRequest> RequestOf((string Path, string Method, JsonObject Operation) item)
    {
        var id = (string)item.Operation["operationId"]!;
        // What ends the honest session, or its host's permissions, is sent to others only.
        var endsSession = id is "terminateSession" or "closeSession" or "revokePermissions" or "dismissAdministrator" or "rebindAccount";
        var parameters = item.Operation["parameters"]?.AsArray().Select(parameter => ((string)parameter!["name"]!, (string)parameter["in"]!)).ToArray() ?? [];
        var target = parameters.Aggregate(Gen.Const(item.Path), (made, parameter) => parameter switch
        {
            ("id", "path") => Gen.Select(made, SessionIds(endsSession), (path, value) => path.Replace("{id}", Escape(value), StringComparison.Ordinal)),
            (var name, "path") => Gen.Select(made, Texts, (path, value) => path.Replace($"{{{name}}}", Escape(value), StringComparison.Ordinal)),
            (var name, "query") => Gen.Select(made, Gen.Frequency((2, Gen.Const((string?)null)), (1, QueryValues.Select(value => (string?)value))), (path, value) =>
                value is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Escape(value)}"),
            _ => made,
        });
        var body = item.Operation["requestBody"] is { } described ? BodyOf(SchemaOf(described["content"]!["application/json"]!["schema"]!), endsSession) : Gen.Frequency((9, Gen.Const((byte[]?)null)), (1, Gen.Byte.Array[0, 50].Select(bytes => (byte[]?)bytes)));
        var method = Gen.Frequency((20, Gen.Const(item.Method)), (1, One("GET", "PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND")));
        return Gen.Select(Gen.Select(target, method), ContentTypes, body, Keys, Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))), (address, type, bytes, key, stranger) =>
            new HostileRequest(id, address.Item2, address.Item1, bytes is null ? null : type, bytes, key, stranger));
    }

    private Gen<string> SessionIds(bool endsSession) => endsSession
        ? Gen.OneOf(Texts, Gen.Const(SessionId.New().ToString()))
        : Gen.Frequency((6, Gen.Const(sessionId)), (1, Texts), (1, Gen.Const(sessionId.ToUpperInvariant())));

    private static readonly Gen<string> QueryValues = Gen.Frequency((3, One("0", "1", "2", "500", "-1", "9223372036854775807", "9223372036854775808", "0.5", "NaN", "1e400", "")), (1, Texts));

    private Gen<byte[]?> BodyOf(JsonObject schema, bool endsSession) => Gen.Frequency(
        (12, ObjectOf(schema, endsSession).Select(json => (byte[]?)Encoding.UTF8.GetBytes(json))),
        (1, One("{", "[]", "null", "\"text\"", "7", "{\"a\":{\"a\":{}}}", "{\"unknown\":1}", "", "\uFEFF{}", new string('[', 2000)).Select(json => (byte[]?)Encoding.UTF8.GetBytes(json))),
        (1, Gen.Byte.Array[0, 200].Select(bytes => (byte[]?)bytes)),
        (1, Gen.Const((byte[]?)null)));

    private Gen<string> ObjectOf(JsonObject schema, bool endsSession)
    {
        var members = (schema["properties"]?.AsObject() ?? []).Select(property => Gen.Select(
            Gen.Frequency((9, Gen.Const(property.Key)), (1, Gen.Const("")), (1, Gen.Const(property.Key + "x"))),
            // Nobody is dismissed, or loses a permission, by chance: the honest host is among them.
            ValueOf(property.Value!.AsObject()).Where(value => !endsSession || !value.Contains("contoso", StringComparison.OrdinalIgnoreCase)),
            (name, value) => name.Length == 0 ? "" : $"{JsonSerializer.Serialize(name)}:{value}"));
        return members.Aggregate(Gen.Const(""), (made, member) => Gen.Select(made, member, (left, right) => left.Length == 0 || right.Length == 0 ? left + right : $"{left},{right}")).Select(text => $"{{{text}}}");
    }

    private Gen<string> ValueOf(JsonObject schema)
    {
        if (schema["oneOf"] is JsonArray choices)
            return Gen.Frequency((1, Gen.Const("null")), (3, ValueOf(choices[^1]!.AsObject())));
        var resolved = SchemaOf(schema);
        Gen<string> honest = resolved switch
        {
            { } when resolved["enum"] is JsonArray names => One(names.Select(name => name?.ToJsonString() ?? "null").ToArray()),
            { } when resolved["items"] is JsonObject items => ValueOf(items).Array[0, 12].Select(values => $"[{string.Join(',', values)}]"),
            { } when Types(resolved).Contains("boolean") => One("true", "false"),
            { } when Types(resolved).Contains("integer") => One("0", "1", "-1", "2147483647", "2147483648", "1.5"),
            _ => Texts.Select(Quote),
        };
        return Gen.Frequency((12, honest), (1, One("null", "7", "true", "[]", "{}", "\"x\"", "[null]", "[[[]]]", "\"\\ud800\"")));
    }

    private static string[] Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(type => (string)type!)],
        JsonValue one => [(string)one!],
        _ => [],
    };

    private JsonObject SchemaOf(JsonNode schema)
    {
        if (schema["oneOf"] is JsonArray choices)
            return SchemaOf(choices[^1]!);
        return (string?)schema["$ref"] is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]]!.AsObject() : schema.AsObject();
    }

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    // A lone surrogate has no UTF-8, and a null no place in a path that HTTP lets in.
    private static string Escape(string text) => Uri.EscapeDataString(text.Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } some ? some : "-");
}
