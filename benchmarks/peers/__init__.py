"""The same work as others would do it.

A module holds contestants of the `engine` benchmark in `CONTESTANTS`; `by_hand` and `lambdified` hold those of `landscapes`.
"""
