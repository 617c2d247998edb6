namespace OrleansKd.Grains.Abstractions.Organizations;

/// <summary>Names an organization by the id in its configuration, which stays when the name that people see changes. Text form: <see cref="KeyText"/> of it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.OrganizationId")]
public readonly record struct OrganizationId
{
    [Id(0)]
    private readonly string? text;

    private OrganizationId(string text) => this.text = text;

    public static OrganizationId From(string configured) => new(KeyText.Of(configured));

    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    public static OrganizationId FromKey(string key) => new(key);

    public override string ToString() => text ?? throw new InvalidOperationException("This organization id was never set.");
}
