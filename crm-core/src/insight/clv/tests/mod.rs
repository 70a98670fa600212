//! Likelihoods, fits and predictions against 50-digit arithmetic, finite differences and what must always hold.

mod fits;
mod properties;
mod simulated;
mod truths;

use std::num::NonZeroUsize;

use super::*;

const ONE: NonZeroUsize = NonZeroUsize::MIN;

fn near(what: &str, found: f64, wanted: f64, within: f64) {
    let off = (found - wanted).abs() / wanted.abs().max(1e-300);
    assert!(found == wanted || off <= within, "{what}: {found} is not {wanted}, off by {off:e}");
}

/// What a model says of one customer.
struct One {
    alive: f64,
    purchases: f64,
}

fn one(model: &Model, (repeats, last, age): (u32, f64, f64), ahead: Ahead) -> One {
    let (repeats, last, age) = ([repeats], [last], [age]);
    let histories = Histories::new(&repeats, &last, &age).unwrap();
    One {
        alive: model.alive(&histories, ONE).unwrap()[0],
        purchases: model.purchases(&histories, ahead, ONE).unwrap()[0],
    }
}

fn log_likelihood(model: &Model, (repeats, last, age): (u32, f64, f64)) -> f64 {
    let (repeats, last, age) = ([repeats], [last], [age]);
    model.log_likelihood(&Histories::new(&repeats, &last, &age).unwrap(), ONE).unwrap()
}
