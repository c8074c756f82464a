"""Several augmenters as one."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected
from textaug.core.validation import check_step


class _Composition(Augmenter):
    """Base of :class:`Compose`, :class:`OneOf` and :class:`SomeOf`."""

    handles_nested = True

    def __init__(self, augmenters: Sequence[Augmenter], **settings: Unpack[Settings]) -> None:
        if not augmenters:
            raise ValueError(f"{type(self).__name__} needs at least one augmenter")
        for augmenter in augmenters:
            check_step(augmenter)
        self.augmenters = list(augmenters)
        self.mixes_rows = any(augmenter.mixes_rows for augmenter in augmenters)
        self.renames = any(augmenter.renames for augmenter in augmenters)
        self.keeps_words = all(augmenter.keeps_words for augmenter in augmenters)
        super().__init__(**settings)

    def use_rank(self, rank: int) -> None:
        """Tell every step which worker this is."""
        super().use_rank(rank)
        for augmenter in self.augmenters:
            augmenter.use_rank(rank)

    def gains_from_batches(self) -> bool:
        return any(augmenter.gains_from_batches() for augmenter in self.augmenters)

    def plan(self, rng: Random) -> Sequence[int]:
        """Which steps an example goes through, in order."""
        raise NotImplementedError

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Send every example through its steps; examples at the same step are batched."""
        plans = [list(self.plan(rng)) for rng in rngs]
        results: list[Augmented | Rejected] = [Augmented(example) for example in examples]
        while any(plans):
            waiting = [(i, plan.pop(0)) for i, plan in enumerate(plans) if plan]
            for step, augmenter in enumerate(self.augmenters):
                chosen = [i for i, wanted in waiting if wanted == step]
                current = [(i, now) for i in chosen if isinstance(now := results[i], Augmented)]
                if not current:
                    continue
                after = augmenter.augment(
                    [now.example for _, now in current], [rngs[i] for i, _ in current]
                )
                for (i, now), new in zip(current, after, strict=True):
                    results[i] = _then(now, new)
        return results


def _then(first: Augmented, second: Augmented | Rejected) -> Augmented | Rejected:
    """Two steps as one: the second's origins, traced back through the first's."""
    if isinstance(second, Rejected) or second.origins is None or second.example is first.example:
        return second if isinstance(second, Rejected) else first
    origins = second.origins
    if first.origins is not None:
        origins = tuple(None if o is None else first.origins[o] for o in origins)
    names = [name for name in (first.by, second.by) if name]
    span_origins = second.span_origins
    if span_origins is not None or first.span_origins is not None:
        before = first.span_origins or tuple(range(len(first.example.spans)))
        span_origins = tuple(
            None if o is None else before[o] for o in second.old_spans(first.example)
        )
    return Augmented(second.example, origins, "+".join(names), second.outcome, span_origins)


class Compose(_Composition):
    """All augmenters, one after the other. An example that one of them rejects is rejected.

    Args:
        augmenters: in the order in which they are applied.
        **settings: see :class:`~textaug.Augmenter`; those of the steps do not count, except their
            ``target``.

    >>> from textaug import NoiseInjection, SynonymReplacement
    >>> Compose([SynonymReplacement(p=0.2), NoiseInjection(p=0.05)], seed=7)
    Compose(augmenters=[SynonymReplacement(p=0.2), NoiseInjection(p=0.05)], seed=7)
    """

    def plan(self, rng: Random) -> Sequence[int]:
        """All steps, in order."""
        return range(len(self.augmenters))


class OneOf(_Composition):
    """One of the augmenters, sampled for each example.

    Args:
        augmenters: the choices.
        weights: how likely each is, relative to the others; default: all equal.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: if there is not one weight, positive or 0, for each augmenter.

    >>> from textaug import NoiseInjection, SegmentShuffle
    >>> OneOf([NoiseInjection(), SegmentShuffle()], weights=[3, 1])
    OneOf(augmenters=[NoiseInjection(), SegmentShuffle()], weights=[3, 1])
    """

    def __init__(
        self,
        augmenters: Sequence[Augmenter],
        weights: Sequence[float] | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        self.weights = None if weights is None else list(weights)
        if weights is not None and (
            len(weights) != len(augmenters) or min(weights) < 0 or sum(weights) <= 0
        ):
            raise ValueError(
                f"weights={weights}: needs one ≥ 0 for each of {len(augmenters)} steps"
            )
        super().__init__(augmenters, **settings)

    def plan(self, rng: Random) -> Sequence[int]:
        """One step."""
        return rng.choices(range(len(self.augmenters)), self.weights)


class SomeOf(_Composition):
    """``k`` different augmenters, sampled for each example and applied in their order.

    Args:
        augmenters: the choices.
        k: how many, or a pair (fewest, most) to sample the number too.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: if ``k`` is more than there are augmenters, or less than 0.

    >>> from textaug import NoiseInjection, SegmentShuffle
    >>> SomeOf([NoiseInjection(), SegmentShuffle()], k=(1, 2), seed=13)
    SomeOf(augmenters=[NoiseInjection(), SegmentShuffle()], k=(1, 2), seed=13)
    """

    def __init__(
        self,
        augmenters: Sequence[Augmenter],
        k: int | Sequence[int] = 1,
        **settings: Unpack[Settings],
    ) -> None:
        self.k = k if isinstance(k, int) else tuple(k)
        self._fewest, self._most = (k, k) if isinstance(k, int) else k
        if not 0 <= self._fewest <= self._most <= len(augmenters):
            raise ValueError(f"k={k}: must lie between 0 and the {len(augmenters)} augmenters")
        super().__init__(augmenters, **settings)

    def plan(self, rng: Random) -> Sequence[int]:
        """``k`` steps in the order they were given."""
        k = rng.randint(self._fewest, self._most)
        return sorted(rng.sample(range(len(self.augmenters)), k))
