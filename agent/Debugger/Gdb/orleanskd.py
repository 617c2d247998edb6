# Runs inside gdb, read once at its start. Tells the agent when the target runs and stops, keeps the settings that the agent
# lives on, and leaves all targets without harm: when the agent asks, and when the agent is gone.
def orleanskd(stem, otherwise):
    import gdb
    import os
    import select
    import signal
    import threading
    import time

    agent = os.getppid()
    prompt = stem + "P"
    stop_limit = 3  # seconds for a target in the background to stop
    ask_again = 0.3  # seconds; an interrupt that meets a breakpoint is lost
    signal_after = 3  # seconds in which gdb's own loop did not turn: a command works, or waits for a stub

    def mark(kind):
        # To descriptor 1, past gdb's own redirections.
        try:
            os.write(1, (stem + kind).encode())
        except OSError:
            pass  # nobody reads any more

    def input_ends(milliseconds=None):
        """Whether the agent's end of our input is closed; waits for it."""
        watch = select.poll()
        watch.register(0, 0)
        return bool(watch.poll(milliseconds))

    def is_agent_gone():
        return os.getppid() != agent or input_ends(0)

    def in_background(work):
        """Beside gdb, in a thread that takes no signals: they are for gdb."""
        usual = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        threading.Thread(target=work, daemon=True).start()
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)

    def interrupt_again():
        time.sleep(0.01)  # gdb is out of Python again
        os.kill(os.getpid(), signal.SIGINT)

    def take_over_death():
        """
        The kernel sends the signal of the agent's death once for each of the agent's threads that gdb's process passes through, and
        gdb takes the second one for the wish to give up the connection, with the target about to stop. Once we watch, it is off.
        """
        try:
            import ctypes
            ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG
        except (ImportError, OSError, AttributeError):
            pass  # a Python without it: as good as the signal is

    def watch_agent():
        """Once the agent is gone, interrupts until gdb is at its prompt, where its input ends."""
        nonlocal ran_at_death
        while not input_ends(1000) and os.getppid() == agent:
            pass
        ran_at_death = is_resumed
        turned = time.monotonic()

        def on_turn():
            nonlocal turned
            turned = time.monotonic()
            if not is_resumed and not any(runs(inferior) for inferior in held()):
                return  # a gdbserver keeps an interrupt for a stopped process, which it would end when it goes on
            # A function that gdb called in the target is left too: the target would return from it into nothing.
            gdb.execute("set unwindonsignal on")
            interrupt()

        while True:
            gdb.post_event(on_turn)
            time.sleep(ask_again)
            if time.monotonic() >= turned + signal_after:
                turned = time.monotonic()
                os.kill(os.getpid(), signal.SIGINT)

    def event(handler):
        """A Break that meets Python becomes a KeyboardInterrupt, which gdb would drop: it is for the target."""
        def handle(*arguments):
            try:
                handler(*arguments)
            except KeyboardInterrupt:
                in_background(interrupt_again)
        return handle

    def is_remote(inferior):
        if hasattr(inferior, "connection"):
            return inferior.connection is not None and "remote" in inferior.connection.type
        return "remote" in gdb.execute("maintenance print target-stack", to_string=True)  # gdb 10 and earlier

    def is_native(inferior):
        if hasattr(inferior, "connection"):
            return inferior.connection is not None and inferior.connection.type == "native"
        return not is_remote(inferior)

    def held():
        return [inferior for inferior in gdb.inferiors() if inferior.pid]

    def runs(inferior):
        try:
            return any(thread.is_running() for thread in inferior.threads())
        except gdb.error:
            return True  # a stub can't be asked for its threads while they run

    def interrupt():
        # Not a signal, of which gdb takes the second one for the wish to give up the connection.
        gdb.execute("interrupt -a" if gdb.parameter("non-stop") else "interrupt")

    def undisturbed(step, inferior):
        """What is left of the interrupt that brought us here may end the first try."""
        try:
            return step(inferior)
        except KeyboardInterrupt:
            return step(inferior) if inferior.pid else []

    def let_run(inferior):
        gdb.execute("detach inferiors %d" % inferior.num)
        return []

    def leave_stopped(inferior):
        """The processes of ours that now stop when gdb ends, unless somebody stays."""
        gdb.execute("inferior %d" % inferior.num, to_string=True)
        if is_remote(inferior):
            gdb.execute("disconnect")
            return []
        if not is_native(inferior):
            return []
        # Detaching would deliver the signal that stopped it (SIGSEGV, say), which would end it. It recurs when it goes on.
        gdb.execute("thread apply all -q -s queue-signal 0")
        pid = inferior.pid
        with open("/proc/%d/status" % pid) as status:
            own = "PPid:\t%d\n" % os.getpid() in status.read()
        os.kill(pid, signal.SIGSTOP)  # pending while gdb holds it: it stops again before its next instruction
        gdb.execute("detach inferiors %d" % inferior.num)
        return [pid] if own else []

    def plan(fate, was_running):
        """(number of the inferior, whether it is to run on), those that run on first: 'disconnect' takes the others along."""
        chosen = gdb.selected_inferior().num

        def shall_run(inferior):
            if fate != "asis":
                return fate == "run"
            return runs(inferior) or was_running and (inferior.num == chosen or gdb.parameter("schedule-multiple"))

        return sorted(((inferior.num, bool(shall_run(inferior))) for inferior in held()), key=lambda step: not step[1])

    def settle(steps):
        gdb.execute("set remotetimeout 1")  # asked three times: less than the agent waits
        kept = []
        is_done = True
        for number, shall_run in steps:
            inferior = next((inferior for inferior in held() if inferior.num == number), None)
            if inferior is None:
                continue
            try:
                kept += undisturbed(let_run if shall_run else leave_stopped, inferior)
            except (gdb.error, KeyboardInterrupt) as problem:
                is_done = False
                print(problem)
                if is_remote(inferior):
                    # The stub does not answer. 'quit' would ask it to kill; closing the connection asks it nothing.
                    gdb.execute("disconnect")
        fates = set(shall_run for _, shall_run in steps)
        if is_done and len(fates) == 1:
            mark("G" if fates.pop() else "K")
        return kept

    def end(kept):
        if kept:
            # When the parent of a stopped process ends, the kernel ends the process too (SIGHUP to an orphaned stopped group).
            # So gdb's process becomes a small shell that waits for as long as what it started lives.
            alive = " || ".join("kill -0 %d" % pid for pid in kept)
            os.execvp("sh", ["sh", "-c", "trap '' TERM HUP INT; printf %sL; exec </dev/null >/dev/null 2>&1; while %s; do sleep 5; done" % (stem, alive)])
        gdb.execute("quit")

    def leave(fate, was_running):
        steps = plan(fate, was_running)
        if not any(runs(inferior) for inferior in held()):
            return end(settle(steps))
        # Something runs in the background: it stops only while gdb's own loop turns.
        asked = time.monotonic()
        limit = asked + stop_limit
        interrupt()

        def wait():
            nonlocal asked
            now = time.monotonic()
            if now >= limit or not any(runs(inferior) for inferior in held()):
                return end(settle(steps))
            if now >= asked + ask_again:
                asked = now
                interrupt()
            time.sleep(0.01)
            gdb.post_event(wait)

        gdb.post_event(wait)

    is_resumed = False
    ran_at_death = False  # whether the target ran when the agent ended

    def on_resume(_):
        # Only the first one: gdb resumes a target many times while it steps, or passes breakpoints that do not count, and a
        # Break must not meet Python then.
        nonlocal is_resumed
        gdb.events.cont.disconnect(resumed)
        is_resumed = True
        mark("R")

    def expect_resume():
        nonlocal is_resumed
        if is_resumed:
            is_resumed = False
            gdb.events.cont.connect(resumed)

    def on_stop(_):
        mark("S")
        expect_resume()

    def was_running():
        """Whether the agent's death is what stopped the target."""
        return is_resumed or ran_at_death

    def on_prompt():
        if is_agent_gone():
            leave("asis", was_running())
        if is_resumed and not any(runs(inferior) for inferior in held()):
            # An interrupt stopped it in the midst of gdb's own work: no stop was reported.
            expect_resume()
        if gdb.parameter("prompt") != prompt:
            gdb.execute("set prompt " + prompt)
        if gdb.parameter("pagination"):
            gdb.execute("set pagination off")  # it would wait for a key within a command

    def on_exiting(_):
        if is_agent_gone():
            kept = settle(plan("asis", was_running()))
            if kept:
                end(kept)

    resumed = event(on_resume)
    gdb.events.cont.connect(resumed)
    gdb.events.stop.connect(event(on_stop))
    gdb.events.exited.connect(event(on_stop))
    # Twice: a signal may end the first call. The second finds nothing to do otherwise.
    for handler in (on_prompt, lambda: on_prompt()):
        gdb.events.before_prompt.connect(handler)
    if hasattr(gdb.events, "gdb_exiting"):
        for handler in (on_exiting, lambda event: on_exiting(event)):
            gdb.events.gdb_exiting.connect(handler)
    in_background(watch_agent)
    take_over_death()
    gdb.orleanskd_leave = leave
    open(otherwise, "w").close()
    mark("H")
