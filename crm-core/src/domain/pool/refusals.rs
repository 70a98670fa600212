//! Why pools refuse: every stable code with its meaning.

/// Code and meaning.
pub const CODES: &[(&str, &str)] = &[
    ("pool.kind", "records of this kind don't lie in pools"),
    ("pool.kind_fixed", "a pool stays one of the kind it was defined for"),
    ("pool.days", "a number of days or a limit is less than it can be"),
    ("pool.customers_only", "this rule is one for customers"),
    ("pool.in_use", "records belong to the pool"),
    ("pool.needs_user", "only a user claims"),
    ("pool.gone", "somebody else has the record"),
    ("pool.already_yours", "the record is the claimant's already"),
    ("pool.not_member", "the user is no member of the pool"),
    ("pool.owned_limit", "the user owns as many records as he may"),
    ("pool.daily_limit", "the user has claimed as many records today as he may"),
    ("pool.cooldown", "the user had the record last and has to wait"),
    ("pool.reason_missing", "giving a record to a pool needs a reason"),
    ("pool.none", "no pool is the record's by region or department; say which"),
    ("pool.other_kind", "the pool is for records of another kind"),
];
