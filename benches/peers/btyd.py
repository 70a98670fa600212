"""Lifetime value by lifetimes, the best-known peer, on one thread. The last line printed is numbers.

btyd.py gen FOLDER CUSTOMERS   columns of simulated customers, and the 180 small data sets
btyd.py cdnow FILE             CPU seconds of the least of several fits: BG/NBD, MBG/NBD, Pareto/NBD
btyd.py scale FOLDER           CPU seconds of fit and of 12 months' value, MiB beyond the columns, sum of value
btyd.py regimes FOLDER         how many of the 180 fits converge
"""
import os
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import contextlib, io, pathlib, resource, sys, time, warnings
import numpy as np

warnings.filterwarnings("ignore")
REGIMES = [
    ((0.25, 4.4, 0.8, 2.4), (27, 39)), ((0.25, 30.0, 0.8, 2.4), (90, 730)),
    ((1.5, 3.0, 0.3, 40.0), (300, 501)), ((0.8, 10.0, 0.05, 5.0), (90, 730)),
    ((0.5, 10.0, 0.5, 0.3), (90, 730)),
    ((0.25, 30.0 * 86400, 0.8, 2.4), (90 * 86400, 730 * 86400)),
]


def simulated(count, r, alpha, a, b, low, high, seed):
    """Customers as the BG/NBD model has them."""
    dice = np.random.default_rng(seed)
    rate, leaves = dice.gamma(r, 1 / alpha, count), dice.beta(a, b, count)
    age = dice.integers(low, high + 1, count).astype(float)
    now, last, repeats = np.zeros(count), np.zeros(count), np.zeros(count, int)
    stays = np.ones(count, bool)
    while stays.any():
        who = np.flatnonzero(stays)
        now[who] += dice.exponential(1.0, len(who)) / rate[who]
        within = now[who] <= age[who]
        stays[who[~within]] = False
        who = who[within]
        repeats[who] += 1
        last[who] = now[who]
        stays[who[dice.random(len(who)) < leaves[who]]] = False
    return repeats, last, age


def regimes():
    for parameters, ages in REGIMES:
        for count in (200, 1000, 5000):
            for seed in range(10):
                yield simulated(count, *parameters, *ages, 100 + seed)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu(run):
    start = time.process_time()
    answer = run()
    return answer, time.process_time() - start


def gen(folder, count):
    folder = pathlib.Path(folder)
    repeats, last, age = simulated(int(count), 0.25, 30.0, 0.8, 2.4, 90, 730, 7)
    # The last purchase as a whole day, as stores have it; never day nought for who came again.
    last = np.where(repeats > 0, np.maximum(np.floor(last), 1), 0.0)
    spend = np.round(np.random.default_rng(1).gamma(6.25, 5.6, int(count)), 2) + 0.01
    with open(folder / "regimes.f64", "wb") as file:
        for columns in regimes():
            np.array([len(columns[0])], float).tofile(file)
            for column in columns:
                column.astype(float).tofile(file)
    for name, column in (("repeats", repeats), ("last", last), ("age", age), ("spend", spend)):
        column.astype(float).tofile(folder / f"{name}.f64")


def cdnow(path):
    import pandas as pd
    from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
    table = pd.read_csv(path)
    columns = (table.frequency, table.recency, table["T"])
    least = []
    for fitter, runs in ((BetaGeoFitter, 15), (ModifiedBetaGeoFitter, 15), (ParetoNBDFitter, 3)):
        least.append(min(cpu(lambda: fitter().fit(*columns))[1] for _ in range(runs)))
    print(*least)


def scale(folder):
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    read = lambda name: np.fromfile(pathlib.Path(folder) / f"{name}.f64")
    repeats, last, age, spend = (read(name) for name in ("repeats", "last", "age", "spend"))
    before = peak()
    fitted, fit_seconds = cpu(lambda: BetaGeoFitter().fit(repeats, last, age))
    came = repeats > 0
    gamma, spend_seconds = cpu(lambda: GammaGammaFitter().fit(repeats[came], spend[came]))
    columns = [pd.Series(column) for column in (repeats, last, age, spend)]
    value, value_seconds = cpu(
        lambda: gamma.customer_lifetime_value(fitted, *columns, time=12, discount_rate=0.01, freq="D"))
    print(fit_seconds, spend_seconds, value_seconds, peak() - before, float(np.nansum(value)))


def converged(folder):
    from lifetimes import BetaGeoFitter
    count = 0
    for columns in regimes():
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            BetaGeoFitter().fit(*columns)
            count += 1
    print(count)


{"gen": gen, "cdnow": cdnow, "scale": scale, "regimes": converged}[sys.argv[1]](*sys.argv[2:])
