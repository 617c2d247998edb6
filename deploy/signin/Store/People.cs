using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace OrleansKd.SignIn.Store;

/// <summary>Who has signed in here, by address and by subject.</summary>
internal sealed class People(SignInDb db, TimeProvider time)
{
    public Task<PersonRow?> FindByEmailAsync(string email, CancellationToken cancellationToken) =>
        db.People.SingleOrDefaultAsync(row => row.Email == email, cancellationToken);

    public Task<PersonRow?> FindAsync(string subject, CancellationToken cancellationToken) =>
        db.People.SingleOrDefaultAsync(row => row.Subject == subject, cancellationToken);

    /// <summary>Somebody whose address is proven; the one that is there when two browsers do it at once.</summary>
    public async Task<PersonRow> AddAsync(string email, string name, CancellationToken cancellationToken)
    {
        var row = new PersonRow { Subject = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Email = email, Name = name, CreatedAt = time.GetUtcNow() };
        db.People.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return row;
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            return await FindByEmailAsync(email, cancellationToken) ?? throw new InvalidOperationException("The person could not be stored.");
        }
    }
}
