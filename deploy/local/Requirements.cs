using System.Net;
using System.Net.Sockets;
using OrleansKd.Local.Processes;

namespace OrleansKd.Local;

/// <summary>What must be on this machine, looked at before anything is started.</summary>
internal static class Requirements
{
    public static void Check(LocalOptions options)
    {
        foreach (var program in new[] { "node", "npm" })
        {
            if (ProgramOnPath.Find(program) is null)
                throw new LocalException($"'{program}' is not on the PATH. Azurite, the local storage, needs Node.js 20 or later: install it (https://nodejs.org) and start again.");
        }
        if (ProgramOnPath.Find("gdb") is null && ProgramOnPath.Find("lldb") is null && ProgramOnPath.Find("kd") is null)
            throw new LocalException("No debugger is on the PATH (gdb, lldb or kd). Install one, on Debian and Ubuntu with 'apt-get install gdb', and start again.");
        if (IsTaken(options.Port))
            throw new LocalException($"Port {options.Port} is used by another program. Stop that program (another local start?) or choose another port with --port.");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
