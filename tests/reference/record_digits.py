"""Writes networks/digits.npz from scikit-learn's digits, where scikit-learn 1.7 or newer is installed:

    python tests/reference/record_digits.py

1,797 images of 8 x 8 pixels, whole numbers from 0 to 16, of UCI's "Optical recognition of handwritten digits" (Alpaydin and Kaynak 1998,
doi:10.24432/C50P49, CC BY 4.0); scikit-learn ships them under its BSD licence.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

if __name__ == "__main__":
    digits = load_digits()
    target = Path(__file__).resolve().parents[2] / "networks" / "digits.npz"
    np.savez_compressed(target, images=digits.data.astype(np.uint8), labels=digits.target.astype(np.uint8))
