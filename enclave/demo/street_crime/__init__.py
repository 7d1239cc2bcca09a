"""Real street crime of two forces (police.uk, Open Government Licence v3.0), packed with the district of every row."""
