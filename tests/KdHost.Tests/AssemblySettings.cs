using OrleansKd.Testing.Kd;

[assembly: AssemblyFixture(typeof(KdFixture))]
