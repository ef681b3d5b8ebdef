import argparse

from bikes import fit_and_save
from sklearn.ensemble import RandomForestRegressor

parser = argparse.ArgumentParser()
parser.add_argument("--trees", type=int, default=50)
parser.add_argument("--max-depth", type=int, default=10)
args = parser.parse_args()

fit_and_save(RandomForestRegressor(n_estimators=args.trees, max_depth=args.max_depth, random_state=1))
