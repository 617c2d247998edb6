using System.ComponentModel;
using System.Diagnostics;
using OrleansKd.Agent.SignIn;

namespace OrleansKd.Agent.Hosting;

/// <summary>Starts a program that outlives this one and its terminal, and has neither's streams.</summary>
/// <remarks>
/// On Unix the program leaves the terminal's session itself (<c>setsid</c>), before it does anything else. Windows: it gets a console of its own without a
/// window and a process group of its own, so neither Ctrl+C nor the end of this console reaches it (written with care, not run so far).
/// </remarks>
internal static class DetachedProgram
{
    // $0 gets what it prints. No user's text is in the script.
    private const string Script = "exec \"$@\" </dev/null >\"$0\" 2>&1";

    /// <param name="output">File for what it prints (0600); Windows: nothing is kept.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, string output, string folder)
    {
        PrivateFiles.Touch(output);
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments) { CreateNoWindow = true, CreateNewProcessGroup = true }
            : new ProcessStartInfo("sh", ["-c", Script, output, program, .. arguments]);
        start.WorkingDirectory = folder;
        // Pipes instead of this program's streams: a child that shares them would make .NET change the terminal's settings.
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            var process = Process.Start(start) ?? throw new IOException($"'{program}' was not started.");
            process.StandardInput.Close();
            process.StandardOutput.Close();
            process.StandardError.Close();
            return process;
        }
        catch (Win32Exception problem)
        {
            throw new IOException($"'{program}' was not started: {problem.Message}.", problem);
        }
    }
}
