"""Sites that exclude each other, covered by few cliques: a stronger model than pairs."""

from collections.abc import Sequence

from optimiser.units import BoolArray


def clique_cover(near: BoolArray, nodes: Sequence[int]) -> list[list[int]]:
    """Cover every edge among the nodes, and every node, by cliques, greedily.

    Parameters
    ----------
    near
        Symmetric adjacency (n, n).
    nodes
        Nodes to cover.

    Returns
    -------
    list of list of int
        Cliques; a node without an edge is one of its own.

    Examples
    --------
    >>> import numpy as np
    >>> near = np.array([[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1], [0, 0, 1, 1]], dtype=bool)
    >>> clique_cover(near, [0, 1, 2, 3])
    [[0, 1, 2], [2, 3]]
    """
    open_edges = {(a, b) for x, a in enumerate(nodes) for b in nodes[x + 1 :] if near[a, b]}
    touched = {a for edge in open_edges for a in edge}
    cliques = []
    for edge in sorted(open_edges):
        if edge not in open_edges:
            continue
        clique = list(edge)
        for node in nodes:
            if node not in clique and all(near[node, other] for other in clique):
                clique.append(node)
        clique.sort(key=list(nodes).index)
        open_edges -= {(a, b) for x, a in enumerate(clique) for b in clique[x + 1 :]}
        cliques.append(clique)
    return cliques + [[node] for node in nodes if node not in touched]
