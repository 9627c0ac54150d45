"""A Dask cluster of its own for a test: prints its address and its workers, ends with its input."""

import sys

from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        pids = [str(worker.process.pid) for worker in cluster.workers.values()]
        sys.stdout.write(" ".join([cluster.scheduler_address, *pids]) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
