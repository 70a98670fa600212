"""Commands and lists of catalog. Written by `python -m generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import records, types
from .._door import Room

__all__ = [
    "PriceBookRoom",
    "PriceRoom",
    "ProductRoom",
]


class PriceRoom(Room[records.Price]):
    """Price (价格)."""

    _kind = "price"


class PriceBookRoom(Room[records.PriceBook]):
    """Price book (价格表)."""

    _kind = "price_book"


class ProductRoom(Room[records.Product]):
    """Product (产品)."""

    _kind = "product"

    def price(
        self,
        product: str | records.Record,
        request: types.PriceRequest | Mapping[str, Any],
        *,
        key: str | None = None,
    ) -> types.PriceAnswer:
        """The price of a product for a customer's level, region and channel, a quantity and a day,
        with the entry that gave it.

        Refused with `catalog.off_sale` when the product isn't sold, and with `catalog.no_price` when
        nothing prices it.

        Parameters
        ----------
        product
            The product.
        request
            For whom, where, how many and when.
        key
            An idempotency key: sent again with it, the first outcome is answered.
        """
        return self._run("product.price", locals(), "PriceAnswer")
