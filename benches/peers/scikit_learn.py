"""scikit-learn's logistic regression on columns that the bench wrote: one line of JSON a fit.

Arguments: the folder of the raw columns, their name, how many rows, how many runs, and the widths of the
categorical columns.
The one-hot table is made before the clock starts; one thread; CPU seconds, best of so many runs.
"""

import json
import resource
import sys
import time
import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")
folder, name, rows, runs, widths = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), json.loads(sys.argv[5])
codes = np.fromfile(f"{folder}/{name}.codes", dtype=np.int32).reshape(len(widths), rows)
numbers = np.fromfile(f"{folder}/{name}.numbers", dtype=np.float64).reshape(-1, rows).T
outcomes = np.fromfile(f"{folder}/{name}.outcomes", dtype=np.uint8)

starts = np.concatenate([[0], np.cumsum(widths)])
scaled = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0)
width = starts[-1] + scaled.shape[1]
places = np.concatenate(
    [codes + starts[:-1, None], np.tile(np.arange(starts[-1], width)[:, None], rows)], axis=0
).T
values = np.concatenate([np.ones((rows, len(widths))), scaled], axis=1)
indptr = np.arange(0, rows * places.shape[1] + 1, places.shape[1])
table = sp.csr_matrix((values.ravel(), places.ravel(), indptr), shape=(rows, width))


def objective(model):
    margin = table @ model.coef_[0] + model.intercept_[0]
    loss = np.logaddexp(0, margin) - margin * outcomes
    return float(loss.sum() + 0.5 * (model.coef_**2).sum())


def fit(solver, tol, data):
    best = None
    for _ in range(runs):
        start = time.process_time()
        model = LogisticRegression(solver=solver, tol=tol, max_iter=5000).fit(data, outcomes)
        took = time.process_time() - start
        best = took if best is None else min(best, took)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {"solver": solver, "tol": tol, "cpu": best, "objective": objective(model), "peak_mib": peak}
    print(json.dumps(line), flush=True)


with threadpool_limits(1):
    for tol in (1e-4, 1e-6, 1e-8):
        fit("lbfgs", tol, table)
    if width > 2000:
        fit("newton-cg", 1e-6, table)
    else:
        dense = table.toarray()
        for tol in (1e-4, 1e-8):
            fit("newton-cholesky", tol, dense)
