"""How many rounds there are. Imports no torch: the server draws with it."""

ROUNDS, COLUMNS = 10, 5
