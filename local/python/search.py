"""One search: an Optuna study in a file, asked and told about trials."""

import json
import math
import os
import random
import warnings
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

import optuna
from optuna.pruners import HyperbandPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from median_rule import MedianRule
from search_space import LARGEST_FINITE_SPACE, SearchSpace

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)

STUDY_NAME = "tuning"
WARM_START = "warmStart"
REDUCTION_FACTOR = 3


class Search:
    """Asks Optuna for trials and tells it their results, as one of SageMaker's strategies."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self._strategy: str = specification["strategy"]
        self._seed: Optional[int] = specification.get("randomSeed")
        self._space = SearchSpace(specification["dimensions"])
        self._finite = self._space.size() <= LARGEST_FINITE_SPACE
        minimize = specification["direction"] == "Minimize"
        self._median = MedianRule(minimize) if specification.get("earlyStopping") else None
        self._max_resource = int(specification.get("maxResource") or 0)
        self._rungs = _rungs(int(specification.get("minResource") or 1), self._max_resource)
        self._trials: Dict[int, Trial] = {}  # running ones
        self._last_step: Dict[int, int] = {}
        self._pruned: Set[int] = set()
        self._stopped: Set[int] = set()

        path = specification["studyFile"]
        existed = os.path.exists(path) and os.path.getsize(path) > 0
        _mend(path)
        self._study = optuna.create_study(
            study_name=STUDY_NAME,
            storage=JournalStorage(JournalFileBackend(path)),
            direction="minimize" if minimize else "maximize",
            pruner=self._make_pruner(specification),
            sampler=RandomSampler(),
            load_if_exists=True,
        )
        if not existed:
            self._warm_start(specification["previousTrials"])
        own = [trial for trial in self._study.get_trials(deepcopy=False) if WARM_START not in trial.user_attrs]
        self._seen: Set[Tuple[Any, ...]] = {
            self._space.identity(trial.params) for trial in own if trial.state != TrialState.FAIL
        }
        # Asked for before the process was killed: handed out again, first.
        self._interrupted: List[FrozenTrial] = [trial for trial in own if trial.state == TrialState.RUNNING]
        self._study.sampler = self._make_sampler(len(own))

    def ask(self) -> Optional[Dict[str, Any]]:
        """The next trial, or None when every combination has been tried."""
        if self._interrupted:
            frozen = self._interrupted.pop(0)
            return self._hand_out(Trial(self._study, frozen._trial_id))
        if self._finite and len(self._seen) >= self._space.size():
            return None
        if self._strategy == "Grid":
            self._study.enqueue_trial(next(p for p in self._space.combinations() if not self._is_seen(p)))
        trial = self._ask_sampler()
        if self._finite and self._is_seen(trial.params):
            # SageMaker does not repeat a combination either: take one of those that are left.
            self._study.tell(trial, state=TrialState.FAIL)
            left = [params for params in self._space.combinations() if not self._is_seen(params)]
            self._study.enqueue_trial(self._random(trial.number).choice(left))
            trial = self._ask_sampler()
        return self._hand_out(trial)

    def report(self, number: int, step: int, value: float) -> bool:
        """Takes a metric at a step counted from 0; true: the trial should stop."""
        trial = self._trials.get(number)
        if trial is None or not math.isfinite(value):
            return False
        if self._median is not None:
            if self._median.report(number, step, value):
                self._stopped.add(number)
            return number in self._stopped
        if self._strategy != "Hyperband":
            return False
        resource = step + 1
        # Only a rung can decide; the steps between would be written to the study for nothing.
        if not any(self._last_step.get(number, 0) < rung <= resource for rung in self._rungs):
            return False
        self._last_step[number] = resource
        trial.report(value, resource)
        if resource >= self._max_resource:
            return True
        if trial.should_prune():
            self._pruned.add(number)
            return True
        return False

    def restore(self, number: int, values: List[float], value: Optional[float], stopped: bool) -> None:
        """Ends a trial of an earlier process, with the metrics that it had reported at each step."""
        if self._median is not None:
            for step, reported in enumerate(values):
                self._median.report(number, step, reported)
        if stopped and self._strategy == "Hyperband" and len(values) < self._max_resource:
            self._pruned.add(number)
        elif stopped:
            self._stopped.add(number)
        self.tell(number, value)

    def tell(self, number: int, value: Optional[float]) -> None:
        """Ends a trial; without a finite value it failed."""
        self._trials.pop(number, None)
        self._interrupted = [trial for trial in self._interrupted if trial.number != number]
        state = TrialState.COMPLETE
        if value is None or not math.isfinite(value):
            state, value = TrialState.FAIL, None
        elif number in self._pruned:
            state, value = TrialState.PRUNED, None  # Optuna takes the value at the last rung
        elif self._median is not None and number not in self._stopped:
            self._median.complete(number)
        self._study.tell(number, value, state=state, skip_if_finished=True)

    def _ask_sampler(self) -> Trial:
        if self._strategy == "Random" and self._seed is not None:
            # A seed per trial, so that a resumed search goes on as the uninterrupted one would have.
            number = len(self._study.get_trials(deepcopy=False))
            self._study.sampler = RandomSampler(seed=self._random(number).randrange(2**32))
        return self._study.ask(self._space.distributions)

    def _hand_out(self, trial: Trial) -> Dict[str, Any]:
        self._trials[trial.number] = trial
        self._seen.add(self._space.identity(trial.params))
        return {"trial": trial.number, "hyperparameters": self._space.to_hyperparameters(trial.params)}

    def _is_seen(self, params: Mapping[str, Any]) -> bool:
        return self._space.identity(params) in self._seen

    def _random(self, number: int) -> random.Random:
        return random.Random() if self._seed is None else random.Random(f"{self._seed}/{number}")

    def _make_sampler(self, asked: int) -> BaseSampler:
        if self._strategy in ("Random", "Grid"):
            return RandomSampler()
        return TPESampler(
            multivariate=True,  # hyperparameters depend on each other
            constant_liar=True,  # parallel jobs must not all try the same corner
            # Half of Optuna's default: tuning jobs are short (20 jobs, say), and on smooth test functions of
            # 2 and 5 dimensions this found as good or better values within 20 and within 40 trials.
            n_startup_trials=5,
            seed=None if self._seed is None else self._random(asked).randrange(2**32),
        )

    def _make_pruner(self, specification: Mapping[str, Any]) -> optuna.pruners.BasePruner:
        if self._strategy != "Hyperband":
            return NopPruner()
        if not self._max_resource:
            raise ValueError("Hyperband needs maxResource")
        return HyperbandPruner(
            min_resource=int(specification.get("minResource") or 1),
            max_resource=self._max_resource,
            reduction_factor=REDUCTION_FACTOR,
        )

    def _warm_start(self, previous: List[Mapping[str, Any]]) -> None:
        for finished in previous:
            params = self._space.from_hyperparameters(finished["hyperparameters"])
            value = finished.get("value")
            if params is None or value is None or not math.isfinite(value):
                continue
            self._study.add_trial(create_trial(
                state=TrialState.COMPLETE, params=params, value=value,
                distributions=self._space.distributions, user_attrs={WARM_START: True},
            ))


def _rungs(min_resource: int, max_resource: int) -> List[int]:
    """The resources at which Hyperband compares trials, and the most a trial may use."""
    rungs = []
    rung = min_resource
    while rung < max_resource:
        rungs.append(rung)
        rung *= REDUCTION_FACTOR
    return rungs + [max_resource] if max_resource else []


def _mend(path: str) -> None:
    """Makes a journal usable that a killed process left behind: a lock, half a line at the end."""
    lock = path + ".lock"
    if os.path.lexists(lock):
        os.unlink(lock)
    if not os.path.exists(path):
        return
    with open(path, "rb+") as journal:
        content = journal.read()
        end = content.rfind(b"\n") + 1
        if end < len(content):
            try:
                json.loads(content[end:])
                journal.write(b"\n")
            except ValueError:
                journal.truncate(end)
