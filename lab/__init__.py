"""What many trajectories at once make possible: basins of attraction, sweeps, tuning, tournaments.

Each is a task: a value that says what to compute. It is cut into tiles (`lab.tiles`), which run in this process (`lab.executors`) or on a
Dask cluster (`lab.cluster`), in the background of a page (`lab.jobs`) or at once (`executors.run_task`).
"""
