"""Ways to take a scenario along."""
