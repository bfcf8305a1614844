"""Ways to take a race along: a QR code of its link, data, pictures, films, code and playlists. Links and files that open again are made in
`scenario.view`, and named here too.

What needs Matplotlib or an encoder, `exports.picture` and `exports.film`, is loaded only by those who ask for it. The page that plays by
itself is made by `player.as_page`.
"""

from exports.data import to_csv, to_npz
from exports.qr_code import qr_svg
from exports.script import python_script
from exports.torch_code import torch_script
from scenario.view import View, link_to, opened, to_file

__all__ = ["View", "link_to", "opened", "python_script", "qr_svg", "to_csv", "to_file", "to_npz", "torch_script"]
