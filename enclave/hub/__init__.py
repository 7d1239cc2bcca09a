"""The notebook side of the house: JupyterHub, the small privileged launcher, the proxy, and the checks of all three.

Nothing here opens the enclave's database or keys. The hub asks the portal over one internal socket, and asks the launcher over another;
the launcher, which alone may be root, imports the standard library only.
"""
