"""Whole chains on one machine: block files to columns, columns to clusters, clusters to a screening.

Needs the extra `bulk`. `cluster_inputs` is public; the commands are `chaintrace bulk …`.
"""

from chaintrace.bulk.clusters import cluster_inputs

__all__ = ["cluster_inputs"]
