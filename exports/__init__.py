"""What a race or a scenario can be saved as: a QR code of its link, data, pictures, films, playlists, Python and PyTorch scripts.

Links and files that open again are made in `scenario.view`, and named here too. `exports.picture` and `exports.film` need
Matplotlib or a video encoder: they are imported where they are used, not here. The HTML page that plays by itself is made by
`player.as_page`, and `exports.course` makes a whole site of such pages.
"""

from exports.data import to_csv, to_npz
from exports.qr_code import qr_svg
from exports.script import python_script
from exports.torch_code import torch_script
from scenario.view import View, link_to, opened, opened_file, to_file

__all__ = ["View", "link_to", "opened", "opened_file", "python_script", "qr_svg", "to_csv", "to_file", "to_npz", "torch_script"]
