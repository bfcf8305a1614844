"""What many trajectories at once make possible: basins of attraction, sweeps, tuning, tournaments.

Each is a task: a value that says what to compute, cut into tiles (`lab.tiles`) that run in this process or elsewhere (`lab.work`), in the
background of a page (`lab.jobs`).
"""
