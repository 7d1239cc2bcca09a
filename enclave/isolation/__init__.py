"""One runner for hostile input: bubblewrap, seccomp and limits around a named task; framed JSON and bytes come back.

`jail.run` is the only door for callers. `tasks.TASKS` names what may run inside, `stage` lets a service drop to its own uid although its
files lie below a folder that uid cannot enter, and `seccomp` builds the filters of the jail and of the notebook sandbox.
"""
