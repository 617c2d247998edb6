# Runs inside lldb, read once at its start, before a target is made. Stands between the agent's pipe and lldb's input, tells the
# agent when the target runs and stops, and leaves all targets without harm: when the agent asks, and when the agent is gone.
def orleanskd(debugger, stem, python):
    import ctypes
    import lldb
    import os
    import signal
    import sys
    import termios
    import threading
    import time

    agent = os.dup(0)
    main = threading.get_ident()
    main_thread = threading.get_native_id()
    # The kernel's numbers of read and futex; None where it does not tell in which call a thread sleeps.
    sleeping_calls = {"x86_64": ("0", "202"), "aarch64": ("63", "98")}.get(os.uname().machine) if os.access("/proc/self/syscall", os.R_OK) else None
    prompt = stem + ("V" if sleeping_calls else "Q")
    stop_limit = 3  # seconds for a target to stop
    leave_limit = 4  # seconds for lldb to come out of what it does: less than the agent waits
    answer_limit = 0.2  # seconds in which lldb tells a state, unless it holds its target while that runs
    poll_pause = 0.05
    first_pause = 0.002  # most commands end at once
    rest_time = 0.02  # in which what lldb still hears of its target would wake one of its threads
    settle_time = 2  # seconds after a line in which a target that runs is seen to
    again_time = 5  # seconds within which another Break is one that was not answered
    moving = (lldb.eStateRunning, lldb.eStateStepping)
    starting = (lldb.eStateLaunching, lldb.eStateAttaching, lldb.eStateConnected)
    stopped = (lldb.eStateStopped, lldb.eStateCrashed, lldb.eStateSuspended)
    inherit_orphans = 36  # PR_SET_CHILD_SUBREAPER

    def mark(kind):
        # To descriptor 1, past what lldb itself holds back.
        try:
            os.write(1, (stem + kind).encode())
        except OSError:
            pass  # nobody reads any more

    def in_background(work):
        """Beside lldb, in a thread that takes no signals."""
        usual = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        threading.Thread(target=work, daemon=True).start()
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)

    def processes():
        """All that lldb works on, without cores. Asks nothing that lldb might hold."""
        found = [debugger.GetTargetAtIndex(index).GetProcess() for index in range(debugger.GetNumTargets())]
        return [process for process in found if process.IsValid() and process.GetPluginName() == "gdb-remote"]

    # What runs. lldb answers late while it holds its target: then that runs, or is worked on for long.

    is_resumed = False
    line_came = threading.Event()
    ask, answered = threading.Event(), threading.Event()
    answer = []

    def answer_states():
        while True:
            ask.wait()
            ask.clear()
            answer[:] = [process.GetState() for process in processes()]
            answered.set()

    def tell(runs):
        nonlocal is_resumed
        if runs != is_resumed:
            is_resumed = runs
            mark("R" if runs else "S")

    def watch_target():
        is_begun = False
        while True:
            line_came.wait()
            line_came.clear()
            until = time.monotonic() + settle_time
            while is_resumed or not is_begun or time.monotonic() < until or any(state in starting for state in answer):
                is_begun = is_begun or debugger.GetAsync()  # lldb does the commands of its arguments without
                answered.clear()
                ask.set()
                while not answered.wait(answer_limit):
                    tell(True)
                tell(any(state in moving for state in answer))
                time.sleep(poll_pause)

    # The prompt. lldb prints it before a script's commands too, and what the target printed may follow it. Where the kernel tells in
    # which call a thread sleeps, what counts is that lldb sleeps in one that reads its input, with nothing left to print.

    line_at = None  # how often lldb had gone to sleep when the last line was written
    prompt_is_due = threading.Event()

    def of_thread(thread, name):
        with open("/proc/self/task/%d/%s" % (thread, name)) as lines:
            return lines.read()

    def switches(thread):
        """How often it went to sleep."""
        return next(int(line.split()[1]) for line in of_thread(thread, "status").splitlines() if line.startswith("voluntary_ctxt_switches:"))

    def at_rest():
        """While lldb waits for a line, and its other threads for something to do: how often it, and each of them, went to sleep. Else None."""
        read, futex = sleeping_calls
        try:
            if of_thread(main_thread, "syscall").split()[:2] != [read, "0x0"] or main in sys._current_frames():  # input() of a script
                return None
            own_name = of_thread(main_thread, "comm")  # ours have it too, lldb's have others
            names = {int(thread): of_thread(int(thread), "comm") for thread in os.listdir("/proc/self/task")}
            others = {}
            for thread in (thread for thread, name in names.items() if name != own_name):
                call = of_thread(thread, "syscall").split()[0]
                if call == "running" or names[thread] == "dbg.evt-handler\n" and call != futex:  # it prints
                    return None
                others[thread] = switches(thread)
            return switches(main_thread), others
        except (OSError, StopIteration):
            return None  # a thread ended

    def watch_prompt():
        while True:
            prompt_is_due.wait()
            prompt_is_due.clear()
            others, since, pause = None, 0, first_pause
            while True:
                now = at_rest()
                if now is None or now[1] != others:
                    others, since = now and now[1], time.monotonic()
                # Until lldb wakes once, the line may be on its way through the terminal. A Break wakes it, too, and is seen to again.
                elif time.monotonic() - since >= rest_time and now[0] != line_at:
                    break
                time.sleep(pause)
                pause = min(pause * 1.5, rest_time if now else poll_pause)
            mark("W")

    # Break. lldb's own handler ends lldb at a second signal that comes while it works on the first.

    broken_at = -again_time
    broken_while_running = False

    def interrupt():
        nonlocal broken_at, broken_while_running
        now = time.monotonic()
        is_again = now < broken_at + again_time
        broken_at, broken_while_running = now, is_resumed or is_again and broken_while_running
        if is_resumed:
            for process in processes():
                process.SendAsyncInterrupt()
        if main in sys._current_frames():  # it runs Python code
            interrupt_python(KeyboardInterrupt)
        elif is_again or not is_resumed:
            debugger.DispatchInputInterrupt()

    def interrupt_python(exception):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), exception and ctypes.py_object(exception))

    def on_interrupt(*_):
        """Gives the other thread the time to interrupt Python code that waits for something."""
        time.sleep(poll_pause)

    signals, signalled = os.pipe()
    os.set_blocking(signalled, False)

    def take_signals():
        while True:
            if signal.SIGTERM in os.read(signals, 64):
                in_background(lambda: leave("asis", False))
            else:
                interrupt()
                prompt_is_due.set()

    # Leaving.

    def status(pid, field):
        try:
            with open("/proc/%d/status" % pid) as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))
        except (OSError, StopIteration):
            return 0

    def tracer(pid):
        """The server that lldb started for a process of this computer; 0 for one behind a server elsewhere."""
        server = status(pid, "TracerPid")
        return server if server and status(server, "PPid") == os.getpid() else 0

    def holds_local():
        return any(tracer(int(pid)) for pid in os.listdir("/proc") if pid.isdigit())

    def is_lldb_server(process):
        result = lldb.SBCommandReturnObject()
        chosen = debugger.GetSelectedTarget()
        debugger.SetSelectedTarget(process.GetTarget())
        debugger.GetCommandInterpreter().HandleCommand("process plugin packet send qSupported", result)
        debugger.SetSelectedTarget(chosen)
        return "qEcho+" in (result.GetOutput() or "")  # of lldb's own servers only

    def remove_breakpoints(target):
        target.DisableAllBreakpoints()
        target.DisableAllWatchpoints()
        for own in range(-1, -100, -1):  # lldb's own, which it does not list
            breakpoint = target.FindBreakpointByID(own)
            if breakpoint.IsValid():
                breakpoint.SetEnabled(False)

    def let_run(process):
        """True when nothing holds it any more."""
        pid = process.GetProcessID()
        is_local = tracer(pid) != 0
        errors = []
        detached = threading.Event()

        def detach():
            errors.append(process.Detach())
            detached.set()

        in_background(detach)
        # It ends some seconds late where the process prints to a terminal of lldb's: until then lldb waits for its output.
        while not detached.wait(poll_pause):
            if is_local and not status(pid, "TracerPid"):
                return True
        if errors[0].Fail():
            print(errors[0].GetCString(), flush=True)
        return errors[0].Success()

    def leave_stopped(process, kept):
        """True when it stays stopped; adds to the processes that stop when lldb ends unless somebody stays."""
        pid = process.GetProcessID()
        server = tracer(pid)
        if server:
            is_own = status(pid, "PPid") == server
            # Its parent, that server, ends now. The kernel would end the stopped process with it (SIGHUP to an orphaned stopped
            # group), had it no new parent in its session.
            ctypes.CDLL(None).prctl(inherit_orphans, 1, 0, 0, 0)
            os.kill(pid, signal.SIGSTOP)  # pending while it is held: it stops again before its next instruction
            if not let_run(process):
                return False
            if is_own:
                kept.append(pid)
            return True
        if is_lldb_server(process):
            let_run(process)
            print("A process behind an lldb-server can't stay stopped without lldb; it runs on.", flush=True)
            return False
        # Behind another server the end of the connection asks for nothing. lldb's own ways out ask it to run or to kill.
        remove_breakpoints(process.GetTarget())
        return True

    def end(kept):
        if kept:
            # The new parent has to stay: lldb's process becomes a small shell that waits for as long as they live.
            alive = " || ".join("kill -0 %d" % pid for pid in kept)
            os.execvp("sh", ["sh", "-c", "trap '' TERM HUP INT; printf %sL; exec </dev/null >/dev/null 2>&1; while %s; do sleep 5; done" % (stem, alive)])
        os._exit(0)

    leaving = threading.Lock()

    def leave(fate, was_running):
        if not leaving.acquire(blocking=False):
            return
        give_up = threading.Timer(leave_limit, lambda: holds_local() or os._exit(0))
        give_up.daemon = True
        give_up.start()
        was_running = was_running or is_resumed or broken_while_running and time.monotonic() < broken_at + 1
        chosen = debugger.GetSelectedTarget().GetProcess().GetUniqueID()
        asked = 0
        limit = time.monotonic() + stop_limit
        while True:
            answered.clear()
            ask.set()
            if answered.wait(answer_limit) and not any(state in moving for state in answer):
                break
            now = time.monotonic()
            if now > limit and not holds_local():
                break
            if now > asked + 1:
                asked = now
                tell(True)
                interrupt()
        kept = []
        fates = set()
        # Those that run on first: the end of lldb takes the others' connections along.
        steps = [(fate == "run" or fate == "asis" and was_running and process.GetUniqueID() == chosen, process)
                 for process in processes() if process.GetState() in stopped]
        for runs, process in sorted(steps, key=lambda step: not step[0]):
            is_done = let_run(process) if runs else leave_stopped(process, kept)
            fates.add(("G" if runs else "K") if is_done else None)
        if len(fates) == 1 and None not in fates:
            mark(fates.pop())
        end(kept)

    # lldb's input: a terminal without a size, at which lldb prompts but neither echoes nor edits.

    ours, lldbs = os.openpty()

    def write_line(line):
        nonlocal is_resumed, line_at
        interrupt_python(None)  # one that came too late for an earlier line
        is_resumed = False  # it was written for a prompt
        debugger.SetAsync(False)  # a command that lets the target run ends when that stops
        line_came.set()
        line_at = switches(main_thread) if sleeping_calls else None
        while line:
            line = line[os.write(ours, line):]
        prompt_is_due.set()

    def prompt_again():
        """After a line that may have set another prompt, which nobody would wait for."""
        time.sleep(1)
        if debugger.GetPrompt() != prompt:
            debugger.SetPrompt(prompt)
            write_line(b"#\n")  # a comment

    def take_lines():
        rest = b""
        while True:
            block = os.read(agent, 65536)
            if not block:
                leave("asis", False)
                return
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                if line.startswith(stem.encode()):
                    fate, was_running = line.decode()[len(stem):].split()
                    in_background(lambda: leave(fate, was_running == "True"))
                else:
                    write_line(line + b"\n")
                    if b"prompt" in line:
                        in_background(prompt_again)

    settings = termios.tcgetattr(lldbs)
    settings[0] = settings[1] = 0
    settings[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(lldbs, termios.TCSANOW, settings)
    os.dup2(lldbs, 0)
    os.set_inheritable(agent, False)

    # Python's module path, as lldb needed it, is none of the target's.
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if paths[0] == python:
        os.environ["PYTHONPATH"] = os.pathsep.join(paths[1:])
        if not paths[1:]:
            del os.environ["PYTHONPATH"]

    # A program that is started here reads an empty input, unless it is given one.
    if not debugger.GetInternalVariableValue("target.input-path", debugger.GetInstanceName()).GetStringAtIndex(0):
        lldb.SBDebugger.SetInternalVariable("target.input-path", os.devnull, debugger.GetInstanceName())

    debugger.SetPrompt(prompt)
    signal.signal(signal.SIGINT, on_interrupt)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    for work in (answer_states, watch_target, take_signals, take_lines, *((watch_prompt,) if sleeping_calls else ())):
        in_background(work)
    line_came.set()
    prompt_is_due.set()
    mark("H")
