"""The raw results of the lab as tables: a row for each start, seed, trial, cell or network, from which all that its pages tell can be
recomputed."""

from exports.lab_tables import judged, maps, networks  # each says what tables there are of its results
from exports.lab_tables.judged import judged_of, place_of, run_of
from exports.lab_tables.maps import cell_of
from exports.lab_tables.offered import Offered, Tables, settings_of, tables_of

__all__ = ["Offered", "Tables", "cell_of", "judged", "judged_of", "maps", "networks", "place_of", "run_of", "settings_of", "tables_of"]
