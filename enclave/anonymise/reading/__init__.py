"""A file of any form to cells, in bounded memory; what cannot be read is rejected by a numbered rule."""
