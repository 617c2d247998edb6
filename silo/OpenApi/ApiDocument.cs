using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansKd.Contracts;
using OrleansKd.Silo.Hosting;

namespace OrleansKd.Silo.OpenApi;

/// <summary>
/// The OpenAPI document (rule H1), made from the routes themselves: types from their signatures, the rest from <see cref="ApiOperation"/>. A
/// copy is committed as <c>silo/openapi.json</c>, so that every change of the API is seen in review.
/// </summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider)
{
    public const string Name = "v1";

    private const string ProblemSchema = "Problem";

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["id"] = $"Id of a session: {SessionId.TextLength} characters of a-z and 2-7.",
        ["client"] = "E-mail address of an invited client.",
        ["email"] = "A person's e-mail address.",
        ["command"] = "Id of a command that waits.",
        ["suggestion"] = "Id of a suggested command.",
        ["limit"] = "Items of one page at most.",
        ["take"] = $"Lines of one page at most, 1 to {Limits.PermissionLogItems}.",
        ["wait"] = "Seconds to wait for something new, when there is nothing yet; 30 at most.",
        ["before"] = "What comes before this number, newest last; a number beyond the end is the end.",
        ["after"] = "What follows this: a sequence of the transcript (0: all of it), or the last id or address of the page before, or its cursor.",
        [RequestHeaders.IdempotencyKey] = $"Names this request, so that a repeat of it is answered and not acted on: 1 to {Limits.RequestKeyLength} visible ASCII characters, new for each request.",
    };

    private readonly Lazy<Task<byte[]>> json = new(() => WriteAsync(provider));

    /// <summary>The same bytes for as long as the process lives: anybody may ask for them.</summary>
    public Task<byte[]> ReadAsync() => json.Value;

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) => Task.FromResult(Complete(document)));
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(ReadOnlyMemory<byte>))
                (schema.Type, schema.Format, schema.Description) = (JsonSchemaType.String, "byte", "Base64 of exactly what the debugger printed.");
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Complete(operation, context);
            return Task.CompletedTask;
        });
    }

    private static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
        return stream.ToArray();
    }

    private static OpenApiDocument Complete(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OrleansKd",
            Version = Name,
            Description = "Shared live debugging sessions. Every refusal is problem details (RFC 9457) with a stable 'code'. Fields that a request does not know are refused.",
        };
        document.Servers = [];
        document.AddComponent(ProblemSchema, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "title", "status", "detail", "code" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What happened, to what, and what to do next; for people." },
                ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. ProblemCodes.All.Select(code => (System.Text.Json.Nodes.JsonNode)code)] },
            },
        });
        document.AddComponent("bearer", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        return document;
    }

    private static void Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var about = metadata.OfType<ApiOperation>().LastOrDefault();
        (operation.OperationId, operation.Summary) = (about?.Id, about?.Summary);
        foreach (var parameter in operation.Parameters ?? [])
        {
            if (Parameters.TryGetValue(parameter.Name ?? "", out var description))
                parameter.Description = description;
        }
        List<string> codes = [.. about?.Problems ?? [], ProblemCodes.NotSignedIn, ProblemCodes.TokenScope, ProblemCodes.TooManyRequests, ProblemCodes.InternalError, ProblemCodes.Unavailable];
        if (operation.Parameters is { Count: > 0 } || operation.RequestBody is not null)
            codes.Add(ProblemCodes.InvalidRequest);
        if (operation.RequestBody is not null)
            codes.AddRange([ProblemCodes.BodyTooSlow, ProblemCodes.BodyTooLarge, ProblemCodes.UnsupportedMediaType]);
        if (operation.Parameters?.Any(parameter => parameter.Name == RequestHeaders.IdempotencyKey) == true)
            codes.Add(ProblemCodes.IdempotencyKeyReused);
        foreach (var refusals in codes.Distinct().GroupBy(Problems.StatusOf).OrderBy(refusals => refusals.Key))
            (operation.Responses ??= [])[$"{refusals.Key}"] = ResponseOf(refusals, context.Document!);
    }

    private static OpenApiResponse ResponseOf(IEnumerable<string> codes, OpenApiDocument document) => new()
    {
        Description = string.Join(", ", codes.Order(StringComparer.Ordinal)),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
        },
    };
}
