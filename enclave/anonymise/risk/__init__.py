"""How easily people could be picked out of a prepared version, measured on the integers that would be published. For the agency's eyes only."""
