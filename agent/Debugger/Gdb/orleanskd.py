# Runs inside gdb, read once at its start. Tells the agent when the target runs and stops, keeps the settings that the agent
# lives on, and leaves all targets without harm: when the agent asks, and when the agent is gone.
def orleanskd(stem):
    import gdb
    import os
    import signal
    import time

    agent = os.getppid()
    prompt = stem + "P"
    stop_limit = 3  # seconds for a target in the background to stop

    def mark(kind):
        # To descriptor 1, past gdb's own redirections.
        try:
            os.write(1, (stem + kind).encode())
        except OSError:
            pass  # nobody reads any more

    def is_agent_gone():
        return os.getppid() != agent

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
        return any(thread.is_running() for thread in inferior.threads())

    def let_run(inferior):
        gdb.execute("detach inferiors %d" % inferior.num)

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
        kept = []
        is_done = True
        for number, shall_run in steps:
            inferior = next((inferior for inferior in held() if inferior.num == number), None)
            if inferior is None:
                continue
            try:
                if shall_run:
                    let_run(inferior)
                else:
                    kept += leave_stopped(inferior)
            except gdb.error as problem:
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
            end(settle(steps))
        # Something runs in the background: it stops only while gdb's own loop turns.
        gdb.execute("interrupt -a" if gdb.parameter("non-stop") else "interrupt")
        limit = time.monotonic() + stop_limit

        def wait():
            if time.monotonic() < limit and any(runs(inferior) for inferior in held()):
                time.sleep(0.01)
                gdb.post_event(wait)
            else:
                end(settle(steps))

        gdb.post_event(wait)

    was_running = [False]

    def on_stop(_):
        mark("S")
        was_running[0] = is_agent_gone()

    def on_prompt(*_):
        if is_agent_gone():
            leave("asis", was_running[0])
        if gdb.parameter("prompt") != prompt:
            gdb.execute("set prompt " + prompt)

    def on_exiting(_):
        if is_agent_gone():
            kept = settle(plan("asis", was_running[0]))
            if kept:
                end(kept)

    gdb.events.cont.connect(lambda _: mark("R"))
    gdb.events.stop.connect(on_stop)
    gdb.events.exited.connect(on_stop)
    gdb.events.before_prompt.connect(on_prompt)
    if hasattr(gdb.events, "gdb_exiting"):
        gdb.events.gdb_exiting.connect(on_exiting)
    gdb.orleanskd_leave = leave
    mark("H")
