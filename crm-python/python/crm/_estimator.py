"""What all estimators share: parameters in the manner of scikit-learn, without needing it."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from .errors import NotFittedError

Self = TypeVar("Self", bound="Estimator")


class Estimator:
    """Parameters stand in `__init__` alone; what `fit` finds ends with an underscore.

    `sklearn.base.clone`, pipelines, grid search and pickle work.
    """

    _estimator_type: str | None = None

    @classmethod
    def _names(cls) -> list[str]:
        return [name for name in inspect.signature(cls).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; of an estimator within, with `deep`, as `name__parameter` too."""
        params = {}
        for name in self._names():
            value = params[name] = getattr(self, name)
            if deep and isinstance(value, Estimator):
                params.update({f"{name}__{inner}": found for inner, found in value.get_params().items()})
        return params

    def set_params(self: Self, **params: Any) -> Self:
        """Sets parameters by name."""
        for name, value in params.items():
            own, _, inner = name.partition("__")
            if own not in self._names():
                raise ValueError(f"`{type(self).__name__}` has no parameter `{own}`; it has {self._names()}")
            if inner:
                getattr(self, own).set_params(**{inner: value})
            else:
                setattr(self, own, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return any(name.endswith("_") and not name.startswith("_") for name in vars(self))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=self._estimator_type, target_tags=TargetTags(required=False))

    def _need_fit(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise NotFittedError(f"`{type(self).__name__}` is not fitted yet: call `fit` first", "estimator.not_fitted")

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        said = [
            f"{name}={value!r}"
            for name, value in self.get_params(deep=False).items()
            if value != defaults[name].default
        ]
        return f"{type(self).__name__}({', '.join(said)})"
