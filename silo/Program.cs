using OrleansKd.Hosting;
using OrleansKd.Silo.Agents;
using OrleansKd.Silo.Auth;
using OrleansKd.Silo.Hosting;
using OrleansKd.Silo.OpenApi;
using OrleansKd.Silo.Organizations;
using OrleansKd.Silo.Sessions;
using OrleansKd.Silo.Users;

var builder = WebApplication.CreateBuilder(SiloArguments.Expand(args));
// Requests carry browser tokens in their query: nothing logs addresses.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
VisibleConsole.AddTo(builder.Logging);
builder.AddSettingsFile();
var role = builder.AddOrleansKdCluster();
if (role is not SiloRole.Silo)
{
    builder.Services.AddOrleansKdAuth();
    builder.Services.AddOrleansKdEdge();
    builder.Services.RemoveDataProtection();
}

var app = builder.Build();
if (role is not SiloRole.Silo)
{
    app.UseOrleansKdEdge();
    app.MapSignIn();
    app.MapSessions();
    app.MapNotes();
    app.MapUsers();
    app.MapTokens();
    app.MapOrganizations();
    app.MapOrleansKdOpenApi();
    app.MapSessionHub();
    app.MapAgentHub();
}
app.MapOrleansKdHealth();
return await app.RunOrExplainAsync();
