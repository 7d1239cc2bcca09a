"""How large the parts of a file may be. They bound the memory of everything that reads it."""

MOST_COLUMNS = 500
LONGEST_HEADER = 200
LONGEST_CELL = 64 * 1024  # characters
LONGEST_RECORD = 1024 * 1024  # characters of one row, over all its lines
LARGEST_GROUP = 256 * 1024 * 1024  # bytes of one row group of a Parquet file: the jail holds one at a time
LARGEST_FOOTER = 64 * 1024 * 1024

# One batch of cells on its way out of the jail stays well below a frame of 8 MiB: at most 512 Ki + 1 Mi characters of 4 bytes each,
# and 4 bytes for every cell's length.
BATCH_ROWS = 4096
BATCH_CELLS = 131_072
BATCH_CHARACTERS = 512 * 1024
