using OrleansKd.Contracts;

namespace OrleansKd.Silo.OpenApi;

internal static class OpenApiHosting
{
    public static void AddOrleansKdOpenApi(this IServiceCollection services)
    {
        services.AddOpenApi(ApiDocument.Name, ApiDocument.Configure);
        services.AddSingleton<ApiDocument>();
    }

    /// <summary>It says nothing that the program does not say itself, so nobody has to sign in for it.</summary>
    public static void MapOrleansKdOpenApi(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Routes.OpenApi, async (ApiDocument document) => TypedResults.Bytes(await document.ReadAsync(), "application/json"))
            .AllowAnonymous()
            .ExcludeFromDescription();
}
