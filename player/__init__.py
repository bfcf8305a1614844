"""The player of races in the browser: Plotly draws what stands still, a canvas over each panel draws what moves.

`payload` makes of a race what the browser is sent; `component` shows it in a Streamlit page, `page` makes one HTML file of it. `js` holds
the player itself, plain ES modules that know nothing of Streamlit but for `js/streamlit.js` and `js/theme.js`.
"""

from player.page import as_page, relief_page, training_page

__all__ = ["as_page", "relief_page", "training_page"]
