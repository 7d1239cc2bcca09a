"""A generated, linked population, real open street crime, and the people and agencies of a demonstration, loaded as a user would."""
