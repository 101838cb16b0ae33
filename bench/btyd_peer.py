"""Runs the Python library lifetimes on the columns that `go run ./bench/btyd` has written to a folder.

usage: btyd_peer.py FOLDER

Prints a line of JSON for each thing measured: its name as the Go program knows it, the best time of some runs, and the
parameters. Histories are in weeks; lifetimes is called as its documentation does.
"""

import json
import os
import sys
import time
import warnings

try:
    import lifetimes
    import numpy as np
    import pandas as pd
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed for {sys.executable}")

warnings.simplefilter("ignore")


def measure(name, times, do):
    best, result = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        result = do()
        best = min(best, time.perf_counter() - begun)
    params = {k: round(float(v), 6) for k, v in result.params_.items()} if hasattr(result, "params_") else {}
    print(json.dumps({"name": name, "seconds": best, "params": params}), flush=True)
    return result


def main(folder):
    column = lambda name, kind: np.fromfile(os.path.join(folder, name), dtype=kind)
    x, t_x, age = column("x", "<i4").astype(float), column("t_x", "<f8"), column("T", "<f8")
    bg = measure("BG/NBD fit with standard errors", 1, lambda: lifetimes.BetaGeoFitter().fit(x, t_x, age))
    measure(
        "BG/NBD P(alive), P(active), expected",
        3,
        lambda: (
            bg.conditional_probability_alive(x, t_x, age),
            bg.conditional_expected_number_of_purchases_up_to_time(39, x, t_x, age),
        ),
    )
    measure("MBG/NBD fit with standard errors", 1, lambda: lifetimes.ModifiedBetaGeoFitter().fit(x, t_x, age))
    n = min(100_000, len(x))
    measure("Pareto/NBD fit, 100,000 customers", 1, lambda: lifetimes.ParetoNBDFitter().fit(x[:n], t_x[:n], age[:n]))
    bought = pd.DataFrame(
        {
            "customer": column("customer", "<i4"),
            "date": pd.Timestamp("2000-01-01") + pd.to_timedelta(column("day", "<i4"), unit="D"),
        }
    )
    measure(
        "events to histories",
        1,
        lambda: lifetimes.utils.summary_data_from_transaction_data(
            bought, "customer", "date", observation_period_end=pd.Timestamp("2000-01-01") + pd.Timedelta(days=728)
        ),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
