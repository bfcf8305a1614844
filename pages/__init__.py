"""What the browser shows: widgets -> scenario -> simulation -> figures."""
