using OrleansKd.Testing.Azurite;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
