"""Groups of customers who behave alike: k-means, and how far such groups can be trusted."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Of more customers the silhouette is measured on a part, as its cost grows with the square.
_MEASURED = 2000


def standardised(features: ArrayLike) -> NDArray[np.float64]:
    """Return the columns of ``features`` with mean 0 and standard deviation 1; a constant becomes 0.

    Examples
    --------
    >>> standardised([[1, 5], [3, 5]]).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit_transform(np.asarray(features, dtype=float))


def clustered(features: ArrayLike, k: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Return the cluster (from 0) of each row by k-means: the best of ten beginnings, always the same ten.

    Examples
    --------
    >>> labels = clustered([[0.0], [0.1], [5.0], [5.1]], 2)
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3])
    True
    """
    return _fitted(np.asarray(features, dtype=float), k, 10, seed).labels_.astype("int64")


def _fitted(points: NDArray[np.float64], k: int, beginnings: int, seed: int) -> Any:
    """K-means on one thread: with several, sums and with them the last digits depend on the machine."""
    from sklearn.cluster import KMeans

    with _threads().limit(limits=1):
        return KMeans(k, n_init=beginnings, random_state=seed).fit(points)


@cache
def _threads() -> Any:
    """The thread pools of the libraries that are loaded; to look for them takes as long as a beginning."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def silhouettes(features: ArrayLike, labels: ArrayLike) -> NDArray[np.float64]:
    """Return the mean silhouette of each cluster: 1 far from the others, 0 at their border.

    It is missing where there are not two clusters, or of each row one.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: A graphical aid to the interpretation and validation of
    cluster analysis. Journal of Computational and Applied Mathematics, 20, 53-65.

    Examples
    --------
    >>> silhouettes([[0.0], [0.1], [5.0], [5.1]], [0, 0, 1, 1]).round(2).tolist()
    [0.98, 0.98]
    """
    from sklearn.metrics import silhouette_samples

    points, found = np.asarray(features, dtype=float), np.asarray(labels)
    means = np.full(found.max() + 1, np.nan)
    step = -(-len(points) // _MEASURED)
    points, found = points[::step], found[::step]
    if 1 < len(np.unique(found)) < len(points):
        samples = silhouette_samples(points, found)
        for label in np.unique(found):
            means[label] = samples[found == label].mean()
    return means


def stability(features: ArrayLike, k: int, *, rounds: int = 20, seed: int = 0) -> float:
    """Return how much the clusters of resampled rows agree with those of all: 1 fully, 0 as by chance.

    Each round clusters a bootstrap sample, gives every row the nearest of its centres, and compares by
    the adjusted Rand index; the mean of the rounds is returned.

    References
    ----------
    Hubert, L., & Arabie, P. (1985). Comparing partitions. Journal of Classification, 2, 193-218.

    Examples
    --------
    >>> groups = [[value + shift] for shift in (0, 10) for value in (0.0, 0.2, 0.4, 0.6, 0.8)]
    >>> stability(groups, 2) > 0.9
    True
    """
    from sklearn.metrics import adjusted_rand_score

    points = np.asarray(features, dtype=float)
    whole = clustered(points, k, seed=seed)
    random = np.random.default_rng(seed)
    agreed = []
    for _ in range(rounds):
        sample = points[random.integers(0, len(points), len(points))]
        centres = _fitted(sample, k, 3, seed)
        agreed.append(adjusted_rand_score(whole, centres.predict(points)))
    return float(np.mean(agreed))
