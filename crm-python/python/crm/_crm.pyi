"""
The native half of the package `crm`.
"""

from _typeshed import SupportsGetItem
from os import PathLike
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__all__ = ["VERSION", "Engine", "Table", "churn_risks", "clv_alive", "clv_fit", "clv_log_likelihood", "clv_purchases", "clv_purchases_of_new", "clv_summary", "clv_value", "commands", "frame_codes", "learn_explain", "learn_fit", "learn_predict", "lists_of", "pipeline_backtest", "pipeline_figures", "pipeline_forecast", "pipeline_funnel", "pipeline_velocity", "retention", "rfm", "rfm_of_parts", "schema", "score_backtest", "spend_expected", "spend_fit", "table_of", "views"]

VERSION: Final[str]
"""
The version of the engine.
"""

@final
class Engine:
    """
    An open file, or an engine in memory.
    """
    def backup(self, /, path: str | PathLike[str]) -> None:
        """
        Writes everything committed so far into a new file.
        """
    def changes(self, /, whose: str, after: SupportsIndex, limit: SupportsIndex) -> tuple[str, int]:
        """
        The changes after a position, and the position to go on from.
        """
    def close(self, /) -> None:
        """
        Closes the file once calls that are under way have ended.
        """
    @property
    def closed(self, /) -> bool:
        """
        Whether it is closed.
        """
    def columns(self, /, whose: str, list: str, fields: SupportsGetItem[int, str] | None = None) -> Table:
        """
        A whole list as a table: ids, then the fields asked for, or all.
        """
    def count(self, /, whose: str, list: str) -> int:
        """
        How many records a list has.
        """
    def execute(self, /, whose: str, name: str, input: str, key: str | None = None, dry: bool = False) -> str:
        """
        Runs a command that comes as data; answers its output.
        """
    def explain(self, /, whose: str, list: str) -> str:
        """
        How a list would be read.
        """
    def fields(self, /, whose: str, name: str) -> str:
        """
        The fields of a kind that the actor sees.
        """
    def import_csv(self, /, whose: str, path: str | PathLike[str], asked: str, watch: Any | None = None) -> str:
        """
        Imports a CSV file. `watch` is called with (rows, rejected, bytes) after each chunk, and cancels with `False`.
        """
    @staticmethod
    def in_memory(now: str | None = None, seed: SupportsIndex = 0) -> Engine:
        """
        An engine in memory, gone when it is closed.
        """
    def journal(self, /, whose: str, id: str, before: SupportsIndex | None = None, limit: SupportsIndex = 100) -> str:
        """
        A record's history, latest first.
        """
    def next_due(self, /) -> str | None:
        """
        When the next work is due.
        """
    def now(self, /) -> str:
        """
        The instant that the clock shows.
        """
    @staticmethod
    def open_file(path: str | PathLike[str], now: str | None = None, seed: SupportsIndex = 0) -> Engine:
        """
        Opens a file, or makes it. With `now` the clock stands until it is set, and ids are counted from `seed`.
        """
    def page(self, /, whose: str, list: str) -> str:
        """
        A page of a list, with where it ends.
        """
    def position(self, /) -> int:
        """
        The position of the last journal entry.
        """
    def read(self, /, whose: str, id: str) -> str:
        """
        A record with its fields by name.
        """
    def repair(self, /) -> int:
        """
        Makes indexes anew from the records; answers how many entries were put right.
        """
    def run_due(self, /, limit: SupportsIndex) -> str:
        """
        Does what is due; answers how many pieces were done, what failed, and when the next is due.
        """
    def set_now(self, /, now: str) -> None:
        """
        Sets a clock that stands.
        """
    def title(self, /, whose: str, id: str) -> str:
        """
        The name of a record as the actor is shown it.
        """
    def verify(self, /) -> str:
        """
        Proves what is stored; answers what was read and what is wrong.
        """
    def view(self, /, whose: str, name: str, asked: str) -> str:
        """
        A view or an analysis by its name, of what is asked as data.
        """
    def why(self, /, whose: str, action: str, id: str) -> str:
        """
        Whether the actor may do something with a record, and why.
        """

@final
class Table:
    """
    A table of columns, for any library that reads Arrow: `polars.DataFrame(table)`,
    `pyarrow.table(table)`, `duckdb.from_arrow(table)`. It can be read any number of times.
    """
    def __arrow_c_stream__(self, /, requested_schema: "object | None" = None) -> "object":
        """
        The Arrow stream. `requested_schema` is a wish that the interface allows to pass over.
        """
    def __len__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def column_names(self, /) -> list[str]:
        """
        The names of the columns.
        """
    @property
    def column_types(self, /) -> list[str]:
        """
        The types of the columns, in Arrow's words.
        """
    @staticmethod
    def from_arrow(source: Any) -> Table:
        """
        The table that an object with `__arrow_c_stream__` stands for.
        """
    @property
    def num_rows(self, /) -> int:
        """
        The number of rows.
        """

def churn_risks(source: Any, asked: str) -> Table:
    """
    Churn risk a row, what is at stake, and what each reason adds in log-odds.
    """

def clv_alive(source: Any, parameters: str) -> Table:
    """
    The probability that each customer is still there.
    """

def clv_fit(source: Any, family: str, log_intervals: SupportsFloat | SupportsIndex | None = None, search: bool = False, max_threads: SupportsIndex | None = None) -> str:
    """
    Fits a family of models; answers the fit as JSON. With `search`, the regularity of MBG/CNBD-k is chosen too.
    """

def clv_log_likelihood(source: Any, parameters: str) -> float:
    """
    The log-likelihood of customers' histories under a model.
    """

def clv_purchases(source: Any, parameters: str, ahead: str) -> Table:
    """
    The purchases that each customer is expected to make.
    """

def clv_purchases_of_new(parameters: str, ahead: str) -> float:
    """
    The repeat purchases that a customer who has just bought for the first time is expected to make.
    """

def clv_summary(source: Any, asked: str) -> tuple[Table, str]:
    """
    One row a customer: repeat purchases, recency, age and mean spend; what else was found as JSON.
    """

def clv_value(source: Any, parameters: str, spend: str, ahead: str) -> Table:
    """
    What each customer's purchases to come are worth.
    """

def commands() -> list[str]:
    """
    The names of all commands.
    """

def frame_codes() -> list[tuple[str, str]]:
    """
    Codes of what frames can be wrong in, each with its meaning.
    """

def learn_explain(source: Any, model: str, row: SupportsIndex) -> str | None:
    """
    Why a row has its probability, as JSON; none for a row that isn't there.
    """

def learn_fit(source: Any, ended: Any, asked: str) -> str:
    """
    Trains a model on the rows of a frame, which ended as the one column of another says.
    """

def learn_predict(source: Any, model: str) -> Table:
    """
    The probability of every row by a model.
    """

def lists_of(source: Any) -> "list[tuple[str, list[object]]]":
    """
    A frame's columns as lists of Python values.
    """

def pipeline_backtest(source: Any, columns: str, asked: str) -> tuple[Table, str]:
    """
    How forecasts of past days did: a row a day, and the mean errors as JSON.
    """

def pipeline_figures(source: Any, columns: str) -> Table:
    """
    Win rate, values and cycle of deals, one row a group.
    """

def pipeline_forecast(source: Any, columns: str, asked: str) -> tuple[Table, str]:
    """
    What the open deals will bring: a row an open deal with its chance, and the sums as JSON.
    """

def pipeline_funnel(source: Any, columns: str, stages: SupportsGetItem[int, str]) -> Table:
    """
    How far deals come along stages, one row a stage.
    """

def pipeline_velocity(source: Any, columns: str, since: SupportsIndex, until: SupportsIndex) -> str | None:
    """
    How much value a pipeline brought a day of a window of days, as JSON; none for one without time.
    """

def retention(source: Any, columns: str) -> Table:
    """
    Of the customers who first bought in a month, how many bought in each month after.
    """

def rfm(source: Any, asked: str) -> tuple[Table, str]:
    """
    RFM of purchases: one row a customer, and what was found beside it as JSON.
    """

def rfm_of_parts(source: Any, asked: str) -> tuple[Table, str]:
    """
    RFM of the customers that parts of them make together: frames as `rfm` answers them, put below each other.
    """

def schema() -> str:
    """
    Every kind of record with its built-in fields, as JSON: what classes and stubs are generated from.
    """

def score_backtest(source: Any, thresholds: SupportsGetItem[int, SupportsFloat | SupportsIndex]) -> str:
    """
    How scores (the first column) would have done on what came (the second), as JSON.
    """

def spend_expected(source: Any, spend: str) -> Table:
    """
    What each customer is expected to spend at a purchase.
    """

def spend_fit(source: Any) -> str:
    """
    Fits the spend model; answers the fit as JSON.
    """

def table_of(columns: "list[tuple[str, list[object]]]") -> Table:
    """
    A table of columns given as lists: numbers, texts, dates, truth values, decimals; `None` is null.
    """

def views() -> list[str]:
    """
    The names of all views.
    """
