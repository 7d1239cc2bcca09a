"""The pages, one small router per topic. Who may ask for which is in ``enclave.web.access``."""
