using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OrleansKd.Local.Processes;

namespace OrleansKd.Local;

/// <summary>What must be on this machine, looked at before anything is started.</summary>
internal static class Requirements
{
    private const int FirstFreePort = 10_000;
    private const int LastFreePort = 32_767;
    private const int FreePortAttempts = 100;

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

    /// <summary>
    /// A port that nothing uses now. Below those that systems give to outgoing connections (Linux from 32768, Windows and macOS from
    /// 49152): one of those could be taken before its program listens there.
    /// </summary>
    public static int FreePort()
    {
        for (var attempt = 0; attempt < FreePortAttempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(FirstFreePort, LastFreePort + 1);
            if (!IsTaken(port))
                return port;
        }
        throw new LocalException($"{FreePortAttempts} ports between {FirstFreePort} and {LastFreePort} were tried, and all are used: find out which program takes so many.");
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
