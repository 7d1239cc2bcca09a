"""The API a notebook sees, on its own unix socket: the socket says which sandbox calls, the token that its kernel may.

Person and project follow from the sandbox; nothing in a request can name another one.
"""
