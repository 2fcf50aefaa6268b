"""Clusters: addresses that findings of common control join, each union with its reason. Pure: no file, no clock.

interface.py says on which terms findings join and what a cluster is, actors.py whom tags name, conflicts.py which
findings are refused because of that, joining.py makes the clusters, reasons.py finds the shortest chain of reasons.
"""

from chaintrace.cluster.actors import actors
from chaintrace.cluster.interface import Cluster, Conflict, Place, Terms, Undone
from chaintrace.cluster.joining import Clusters, clusters

__all__ = ["Cluster", "Clusters", "Conflict", "Place", "Terms", "Undone", "actors", "clusters"]
