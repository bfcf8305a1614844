"""Ways to take a race along: a link and its QR code, files that open again, data, pictures, films, and code.

What needs Matplotlib or an encoder, `exports.picture` and `exports.film`, is loaded only by those who ask for it. The page that plays by
itself is made by `player.as_page`.
"""

from exports.data import to_csv, to_npz
from exports.link import qr_svg
from exports.saved import View, link_to, opened, to_file
from exports.script import python_script
from exports.torch_code import torch_script

__all__ = ["View", "link_to", "opened", "python_script", "qr_svg", "to_csv", "to_file", "to_npz", "torch_script"]
