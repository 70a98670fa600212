//! Which model, and a model with its parameters.

use super::geometric::Geometric;
use crate::record::error::{Error, Result};

/// A model of how often and how long customers buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Customers buy for ever; the yardstick that the others have to beat.
    Nbd,
    /// A customer may leave at each repeat purchase (Fader, Hardie and Lee 2005).
    BgNbd,
    /// A customer may leave at each purchase, the first included (Batislam, Denizel and Filiztekin 2007).
    MbgNbd,
    /// The same with regular purchases: every k-th event of a random stream (Platzer and Reutterer 2016).
    MbgCnbd {
        /// Regularity: 1 is as random as MBG/NBD. At most [`MOST_REGULAR`].
        k: u32,
    },
    /// A customer may leave at any time (Schmittlein, Morrison and Colombo 1987).
    ParetoNbd,
}

/// The most regular purchases that can be modelled.
pub const MOST_REGULAR: u32 = 24;

/// A model with its parameters: what a fit finds, what a host stores, what predicts.
///
/// Time is in the unit of the histories: `alpha` and `beta` are times, the others plain numbers.
///
/// ```
/// use std::num::NonZeroUsize;
/// use crm_core::insight::clv::{Ahead, Histories, Model};
///
/// // Published parameters, in weeks; the first customer came again twice, the last time after 30 of 39 weeks.
/// let model = Model::BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/// let histories = Histories::new(&[2, 0], &[30.43, 0.0], &[38.86, 38.86])?;
/// let purchases = model.purchases(&histories, Ahead::Within(39.0), NonZeroUsize::MIN)?;
/// assert!((purchases[0] - 1.226).abs() < 1e-3);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are those of the papers")]
pub enum Model {
    /// See [`Family::Nbd`].
    Nbd { r: f64, alpha: f64 },
    /// See [`Family::BgNbd`].
    BgNbd { r: f64, alpha: f64, a: f64, b: f64 },
    /// See [`Family::MbgNbd`].
    MbgNbd { r: f64, alpha: f64, a: f64, b: f64 },
    /// See [`Family::MbgCnbd`].
    MbgCnbd { k: u32, r: f64, alpha: f64, a: f64, b: f64 },
    /// See [`Family::ParetoNbd`].
    ParetoNbd { r: f64, alpha: f64, s: f64, beta: f64 },
}

/// What predicts: the model with what it is made of.
pub(super) enum Kind {
    Nbd([f64; 2]),
    Geometric(Geometric, [f64; 4]),
    Pareto([f64; 4]),
}

impl Family {
    pub(super) fn geometric(self) -> Geometric {
        let k = if let Family::MbgCnbd { k } = self { k } else { 1 };
        Geometric { k, leaves_at_first: self != Family::BgNbd }
    }

    pub(super) fn check(self) -> Result<()> {
        match self {
            Family::MbgCnbd { k } if k == 0 || k > MOST_REGULAR => {
                let message = format!("a regularity of `{k}` is not between 1 and {MOST_REGULAR}");
                Err(Error::invalid("k", "clv.bad_parameter", message))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn with(self, [r, alpha, third, fourth]: [f64; 4]) -> Model {
        let (a, b, s, beta) = (third, fourth, third, fourth);
        match self {
            Family::Nbd => Model::Nbd { r, alpha },
            Family::BgNbd => Model::BgNbd { r, alpha, a, b },
            Family::MbgNbd => Model::MbgNbd { r, alpha, a, b },
            Family::MbgCnbd { k } => Model::MbgCnbd { k, r, alpha, a, b },
            Family::ParetoNbd => Model::ParetoNbd { r, alpha, s, beta },
        }
    }
}

impl Model {
    /// Which model it is.
    pub fn family(&self) -> Family {
        match *self {
            Model::Nbd { .. } => Family::Nbd,
            Model::BgNbd { .. } => Family::BgNbd,
            Model::MbgNbd { .. } => Family::MbgNbd,
            Model::MbgCnbd { k, .. } => Family::MbgCnbd { k },
            Model::ParetoNbd { .. } => Family::ParetoNbd,
        }
    }

    /// The parameters by name, in the order in which a fit states errors; `k` is none of them.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        match *self {
            Model::Nbd { r, alpha } => vec![("r", r), ("alpha", alpha)],
            Model::BgNbd { r, alpha, a, b }
            | Model::MbgNbd { r, alpha, a, b }
            | Model::MbgCnbd { r, alpha, a, b, .. } => {
                vec![("r", r), ("alpha", alpha), ("a", a), ("b", b)]
            }
            Model::ParetoNbd { r, alpha, s, beta } => {
                vec![("r", r), ("alpha", alpha), ("s", s), ("beta", beta)]
            }
        }
    }

    /// Invalid with `clv.bad_parameter` unless each parameter is a positive number.
    pub fn check(&self) -> Result<()> {
        self.family().check()?;
        for (name, value) in self.parameters() {
            if !(value.is_finite() && value > 0.0) {
                let message = format!("`{name}` is `{value}`, not a positive number");
                return Err(Error::invalid(name, "clv.bad_parameter", message));
            }
        }
        Ok(())
    }

    pub(super) fn kind(&self) -> Kind {
        match *self {
            Model::Nbd { r, alpha } => Kind::Nbd([r, alpha]),
            Model::BgNbd { r, alpha, a, b }
            | Model::MbgNbd { r, alpha, a, b }
            | Model::MbgCnbd { r, alpha, a, b, .. } => {
                Kind::Geometric(self.family().geometric(), [r, alpha, a, b])
            }
            Model::ParetoNbd { r, alpha, s, beta } => Kind::Pareto([r, alpha, s, beta]),
        }
    }
}
