"""What the browser shows: widgets -> scenario -> simulation -> figures.

The folder is not called `pages`: where there is one of that name, Streamlit serves its files as pages of their own to whoever comes first.
"""
