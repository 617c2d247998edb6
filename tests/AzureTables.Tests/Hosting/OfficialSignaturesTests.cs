extern alias official;

using System.Reflection;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Reminders.AzureStorage;

namespace OrleansKd.AzureTables.Tests.Hosting;

/// <summary>A deployment's source compiles with our providers and with the official packages alike.</summary>
public sealed class OfficialSignaturesTests
{
    private static readonly Assembly Ours = typeof(AzureTableClusteringExtensions).Assembly;
    private static readonly Assembly Official = typeof(official::Orleans.Hosting.AzureTableClusteringExtensions).Assembly;

    public static TheoryData<string> OfficialTypes => [.. Official.GetExportedTypes().Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(OfficialTypes))]
    public void Type_OfTheOfficialPackages_IsDeclaredTheSameWay(string name)
    {
        var ours = Ours.GetType(name);

        Assert.NotNull(ours);
        Assert.Equal(Signatures(Official.GetType(name)!), Signatures(ours));
    }

    [Fact]
    public void Types_OfTheOfficialNamespaces_AreAllOfficial() => Assert.Equal(
        Official.GetExportedTypes().Select(type => type.FullName).Order(StringComparer.Ordinal),
        Ours.GetExportedTypes().Where(type => type.Namespace!.StartsWith("Orleans.", StringComparison.Ordinal)).Select(type => type.FullName).Order(StringComparer.Ordinal));

    [Fact]
    public void TableNames_WhenNotSet_AreTheOfficialOnes() => Assert.Equal(
        (new official::Orleans.Clustering.AzureStorage.AzureStorageClusteringOptions().TableName,
            new official::Orleans.Clustering.AzureStorage.AzureStorageGatewayOptions().TableName,
            new official::Orleans.Configuration.AzureTableStorageOptions().TableName,
            new official::Orleans.Reminders.AzureStorage.AzureTableReminderStorageOptions().TableName),
        (new AzureStorageClusteringOptions().TableName, new AzureStorageGatewayOptions().TableName,
            new AzureTableStorageOptions().TableName, new AzureTableReminderStorageOptions().TableName));

    private static string[] Signatures(Type type) =>
    [
        $"sealed {type.IsSealed} abstract {type.IsAbstract} base {(type.BaseType!.Namespace!.StartsWith("Orleans", StringComparison.Ordinal) && type.BaseType.Assembly != type.Assembly ? type.BaseType : type.BaseType.Name)}"
            .Replace("AzureTableOptions", "Object", StringComparison.Ordinal),
        .. type.GetInterfaces().Select(implemented => $"implements {implemented}").Order(StringComparer.Ordinal),
        .. type.GetConstructors().Select(constructor => $"new({Parameters(constructor)})").Order(StringComparer.Ordinal),
        .. type.GetProperties().Select(property => $"{property.PropertyType} {property.Name} get {property.GetMethod?.IsVirtual} set {property.SetMethod?.IsVirtual}")
            .Order(StringComparer.Ordinal),
        .. type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Select(method => $"{method.ReturnType} {method.Name}({Parameters(method)})").Order(StringComparer.Ordinal),
    ];

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{parameter.ParameterType} {parameter.Name}{(parameter.IsOptional ? " = " + (parameter.DefaultValue ?? "null") : "")}"));
}
