"""Grade on the workers of a Dask cluster; only `digitlab batch --dask` imports this, and only then is Dask needed."""

from grader.engine.cluster.executor import DaskExecutor

__all__ = ["DaskExecutor"]
