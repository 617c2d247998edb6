using Microsoft.EntityFrameworkCore;

namespace OrleansKd.SignIn.Store;

/// <summary>People, and OpenIddict's applications, authorizations and tokens: one SQLite file.</summary>
internal sealed class SignInDb(DbContextOptions<SignInDb> options) : DbContext(options)
{
    public DbSet<PersonRow> People => Set<PersonRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var person = modelBuilder.Entity<PersonRow>();
        person.ToTable("People");
        person.HasKey(row => row.Subject);
        person.HasIndex(row => row.Email).IsUnique();
    }
}

/// <summary>Somebody who has signed in.</summary>
internal sealed class PersonRow
{
    /// <summary>Random, and theirs for ever: accounts are bound to it (rule A1).</summary>
    public required string Subject { get; init; }

    /// <summary>Trimmed, lower case.</summary>
    public required string Email { get; init; }

    public required string Name { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
