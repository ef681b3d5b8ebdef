"""A search: an Optuna study in a file."""

import math
import random
import warnings
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

import optuna
from optuna.pruners import HyperbandPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler
from optuna.storages import JournalStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from bayesian_sampler import BayesianSampler
from finite_sampler import FiniteSampler
from median_rule import MedianRule
from search_space import LARGEST_FINITE_SPACE, SearchSpace
from study_file import StudyFile

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)

STUDY_NAME = "tuning"
WARM_START = "warmStart"
REDUCTION_FACTOR = 3


class Search:
    """Runs an Optuna study with one of SageMaker's strategies."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self._strategy: str = specification["strategy"]
        self._seed: Optional[int] = specification.get("randomSeed")
        self._space = SearchSpace(specification["dimensions"])
        minimize = specification["direction"] == "Minimize"
        self._median = MedianRule(minimize) if specification.get("earlyStopping") else None
        self._max_resource = int(specification.get("maxResource") or 0)
        self._rungs = _rungs(int(specification.get("minResource") or 1), self._max_resource)
        self._trials: Dict[int, Trial] = {}  # running trials
        self._last_step: Dict[int, int] = {}
        self._pruned: Set[int] = set()
        self._stopped: Set[int] = set()

        # The combinations of a finite space that have not been tried. SageMaker does not repeat combinations.
        self._left: Optional[Dict[Tuple[Any, ...], Dict[str, Any]]] = None
        if self._space.size() <= LARGEST_FINITE_SPACE:
            self._left = {self._space.identity(params): params for params in self._space.combinations()}

        self._study = optuna.create_study(
            study_name=STUDY_NAME,
            storage=JournalStorage(StudyFile(specification["studyFile"])),
            direction="minimize" if minimize else "maximize",
            pruner=self._make_pruner(specification),
            sampler=self._make_sampler(),
            load_if_exists=True,
        )
        known = self._study.get_trials(deepcopy=False)
        own = [trial for trial in known if WARM_START not in trial.user_attrs]
        if not own:
            # If a process was killed, the study can lack some of the warm-start trials.
            self._warm_start(specification["previousTrials"], len(known))
        if self._left is not None:
            for trial in own:
                self._left.pop(self._space.identity(trial.params), None)
        # Trials that were running when the process was killed. They are proposed again before new trials.
        self._interrupted: List[FrozenTrial] = [trial for trial in own if trial.state == TrialState.RUNNING]

    def ask(self) -> Optional[Dict[str, Any]]:
        """Proposes the next trial, or None if all combinations have been tried."""
        if self._interrupted:
            trial = Trial(self._study, self._interrupted.pop(0)._trial_id)
            for name, distribution in self._space.distributions.items():
                trial._suggest(name, distribution)  # samples the values that the killed process did not write
            return self._hand_out(trial)
        if self._left is not None and not self._left:
            return None
        if isinstance(self._study.sampler, RandomSampler):
            # Each trial has its own seed, so that a resumed search proposes the same trials as an uninterrupted one.
            self._study.sampler = RandomSampler(seed=self._seed_of(len(self._study.get_trials(deepcopy=False))))
        return self._hand_out(self._study.ask(self._space.distributions))

    def report(self, number: int, step: int, value: float) -> bool:
        """Records a metric value at a step, counted from 0. Returns whether the trial should stop."""
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
        # Hyperband decides only at certain steps (rungs), so the values at other steps are not stored.
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
        """Ends a trial that an earlier process started. `values` has the metric value of each step."""
        if self._median is not None:
            for step, reported in enumerate(values):
                self._median.report(number, step, reported)
        if stopped and self._strategy == "Hyperband" and len(values) < self._max_resource:
            self._pruned.add(number)
        elif stopped:
            self._stopped.add(number)
        self.tell(number, value)

    def rejoin(self, number: int, values: List[float]) -> None:
        """Takes over a running trial that an earlier process started. `values` has the metric values so far."""
        trial = next((each for each in self._interrupted if each.number == number), None)
        if trial is None:  # The earlier process stored the result, but ended before it answered.
            return
        self._interrupted = [each for each in self._interrupted if each is not trial]
        self._trials[number] = Trial(self._study, trial._trial_id)
        self._last_step[number] = len(values)
        if self._median is not None:
            for step, reported in enumerate(values):
                self._median.report(number, step, reported)

    def tell(self, number: int, value: Optional[float]) -> None:
        """Ends a trial. A trial without a finite value counts as failed."""
        self._trials.pop(number, None)
        self._interrupted = [trial for trial in self._interrupted if trial.number != number]
        state = TrialState.COMPLETE
        if value is None or not math.isfinite(value):
            state, value = TrialState.FAIL, None
        elif number in self._pruned:
            state, value = TrialState.PRUNED, None  # Optuna takes the value from the last rung
        elif self._median is not None and number not in self._stopped:
            self._median.complete(number)
        self._study.tell(number, value, state=state, skip_if_finished=True)

    def _hand_out(self, trial: Trial) -> Dict[str, Any]:
        self._trials[trial.number] = trial
        if self._left is not None:
            self._left.pop(self._space.identity(trial.params), None)
        return {"trial": trial.number, "hyperparameters": self._space.to_hyperparameters(trial.params)}

    def _random(self, number: int) -> random.Random:
        return random.Random() if self._seed is None else random.Random(f"{self._seed}/{number}")

    def _seed_of(self, number: int) -> Optional[int]:
        return None if self._seed is None else self._random(number).randrange(2**32)

    def _make_sampler(self) -> BaseSampler:
        if self._strategy == "Bayesian":
            return BayesianSampler(self._space.distributions, self._left, self._seed_of)
        # Hyperband samples configurations at random, as in its paper (Li et al. 2018). As documented by
        # SageMaker, the same seed always leads to the same configurations.
        if self._left is None:
            return RandomSampler()
        if self._strategy == "Grid":
            return FiniteSampler(self._space.distributions, lambda number: next(iter(self._left.values())))
        return FiniteSampler(
            self._space.distributions, lambda number: self._random(number).choice(list(self._left.values()))
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

    def _warm_start(self, previous: List[Mapping[str, Any]], known: int) -> None:
        """Adds the compatible trials of earlier tuning jobs, except the first `known` trials, which are already
        in the study.
        """
        fitting = []
        for finished in previous:
            params = self._space.from_hyperparameters(finished["hyperparameters"])
            value = finished.get("value")
            if params is not None and value is not None and math.isfinite(value):
                fitting.append((params, value))
        for params, value in fitting[known:]:
            self._study.add_trial(create_trial(
                state=TrialState.COMPLETE, params=params, value=value,
                distributions=self._space.distributions, user_attrs={WARM_START: True},
            ))


def _rungs(min_resource: int, max_resource: int) -> List[int]:
    """The resources at which Hyperband compares trials, ending with the maximum resource."""
    rungs = []
    rung = min_resource
    while rung < max_resource:
        rungs.append(rung)
        rung *= REDUCTION_FACTOR
    return rungs + [max_resource] if max_resource else []

