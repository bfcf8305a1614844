"""A static site of pages that play by themselves: the parts of which `exports.course` puts the course together.

Nothing in it is written for one lesson, preset or page of the lab: what there is comes from where it is declared.
"""
