"""Enclave: public bodies share what their data says, never the data. The map of the house is ``enclave/README.md``."""
