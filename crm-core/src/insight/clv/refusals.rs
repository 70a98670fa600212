//! What can't be fitted or valued, and why.

/// Every stable code of lifetime value, with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("clv.columns_differ", "the columns given have not the same number of rows"),
    ("clv.bad_history", "a customer's purchases contradict each other or aren't numbers"),
    ("clv.no_customers", "there is nobody to fit a model to"),
    ("clv.no_repeat_purchases", "nobody bought twice: how often and how long customers buy can't be told"),
    ("clv.no_time", "no customer was watched for any time"),
    ("clv.no_intervals", "the regularity can be chosen only if the times between purchases are known"),
    ("clv.not_converged", "no start led to a top of the likelihood"),
    ("clv.bad_parameter", "a model's parameter is not a positive number"),
    ("clv.bad_horizon", "a time ahead, a count of periods or a rate makes no sense"),
    ("clv.horizon_too_long", "the time ahead is too long, beside the time watched, to add up exactly"),
    ("clv.spend_not_positive", "a repeat customer's mean spend is zero, negative or not a number"),
    ("clv.spend_has_no_spread", "too few repeat customers, or all spend the same: spread can't be told"),
    ("clv.spend_mean_undefined", "the spend fitted has so heavy a tail that its mean doesn't exist (q ≤ 1)"),
];
