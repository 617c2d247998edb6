using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.SignalR;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions;

namespace OrleansKd.Silo.Hosting;

/// <summary>
/// Refuses a hub call that leaves out, or sends as null, what its contract does not let be null. Neither of the hubs' protocols looks at
/// nullability, so that without this every method would have to expect a null in every place.
/// </summary>
internal sealed class WholeArguments : IHubFilter
{
    private static readonly ConcurrentDictionary<Type, Part[]> Parts = new();

    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var parameters = invocationContext.HubMethod.GetParameters();
        foreach (var (parameter, argument) in parameters.Zip(invocationContext.HubMethodArguments))
        {
            if (MissingIn(argument, new NullabilityInfoContext().Create(parameter).WriteState is NullabilityState.Nullable, parameter.Name!) is { } missing)
                throw Problems.Hub(new Refusal(ProblemCodes.InvalidRequest, $"'{missing}' is missing."));
        }
        return next(invocationContext);
    }

    /// <summary>Where the first null is that may not be one, such as <c>registration.debuggers</c>; null when there is none.</summary>
    internal static string? MissingIn(object? value, bool mayBeNull, string name) => value switch
    {
        null => mayBeNull ? null : name,
        string => null,
        // Of the contracts' lists none may hold a null.
        Array items when !items.GetType().GetElementType()!.IsValueType =>
            items.Cast<object?>().Select((item, index) => MissingIn(item, mayBeNull: false, $"{name}[{index}]")).FirstOrDefault(missing => missing is not null),
        _ when value.GetType().Assembly == typeof(Limits).Assembly => PartsOf(value.GetType())
            .Select(part => MissingIn(part.Property.GetValue(value), part.MayBeNull, $"{name}.{part.Name}")).FirstOrDefault(missing => missing is not null),
        _ => null,
    };

    private static Part[] PartsOf(Type type) => Parts.GetOrAdd(type, static type =>
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.GetIndexParameters().Length == 0 && !property.PropertyType.IsValueType)
                .Select(property => new Part(property, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name), nullability.Create(property).ReadState is NullabilityState.Nullable)),
        ];
    });

    private sealed record Part(PropertyInfo Property, string Name, bool MayBeNull);
}
