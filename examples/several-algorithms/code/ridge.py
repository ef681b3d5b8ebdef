import argparse

from bikes import fit_and_save
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float, default=1.0)
args = parser.parse_args()

fit_and_save(make_pipeline(StandardScaler(), Ridge(alpha=args.alpha)))
