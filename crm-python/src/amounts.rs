//! Columns of money: whole numbers of the smallest unit, exact whatever they came as.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Decimal256Type, Float64Type};
use arrow_array::{Array, StructArray};
use arrow_buffer::ScalarBuffer;
use arrow_schema::DataType;

use crate::failure::Result;
use crate::frame::{Column, cast, each};

/// Amounts of one currency.
#[derive(Debug)]
pub struct Amounts {
    /// Each in the smallest unit.
    pub minor: ScalarBuffer<i64>,
    /// How many of these make one main unit, as a power of ten.
    pub decimals: u8,
    /// The currency, where it is told.
    pub currency: Option<String>,
}

/// How a column of money is read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// To how many decimals floats are rounded; decimals keep their own scale, whole numbers have none.
    pub decimals: u8,
    /// Whether amounts below zero (returns) are taken.
    pub returns: bool,
    /// The column with the currency of each.
    pub currency: Option<&'a Column>,
}

impl Column {
    /// Amounts: floats, whole numbers, decimals, or structs of an amount and its currency.
    pub fn amounts(&self, reading: Reading<'_>) -> Result<Amounts> {
        if let Some(money) = self.values.as_struct_opt() {
            return self.of_structs(money, reading);
        }
        self.present()?;
        let currency = reading.currency.map(Column::one_currency).transpose()?.flatten();
        let (minor, decimals) = match self.values.data_type() {
            DataType::Float16 | DataType::Float32 | DataType::Float64 => self.of_floats(reading.decimals)?,
            ty if ty.is_integer() || ty.is_null() => (self.whole()?, 0),
            ty if ty.is_decimal() => self.of_decimals()?,
            _ => return self.wrong_type("amounts of money"),
        };
        if let Some(row) = minor.iter().position(|minor| *minor < 0).filter(|_| !reading.returns) {
            let what = "an amount is below zero; say `returns=True` if it was given back";
            return self.at(row, "column.negative", what);
        }
        Ok(Amounts { minor, decimals, currency })
    }

    fn beyond<T>(&self, row: usize) -> Result<T> {
        self.at(row, "column.range", "the amount is too large")
    }

    fn of_floats(&self, decimals: u8) -> Result<(ScalarBuffer<i64>, u8)> {
        let values = cast(&self.values, &DataType::Float64)?;
        let values = values.as_primitive::<Float64Type>().values();
        let factor = 10f64.powi(i32::from(decimals));
        let minor = |amount: &f64| {
            let minor = (amount * factor).round();
            (minor.abs() < 9e18).then_some(minor as i64)
        };
        match each(values, minor) {
            Ok(minor) => Ok((minor.into(), decimals)),
            Err(row) => match values.get(row) {
                Some(amount) if amount.is_finite() => self.beyond(row),
                amount => {
                    let found = amount.copied().unwrap_or(f64::NAN);
                    self.at(row, "column.nan", &format!("`{found}` is no amount of money"))
                }
            },
        }
    }

    fn of_decimals(&self) -> Result<(ScalarBuffer<i64>, u8)> {
        let scale = match self.values.data_type() {
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => *scale,
            _ => 0,
        };
        if let Some(wide) = self.values.as_primitive_opt::<Decimal256Type>().filter(|_| scale >= 0) {
            return self.unscaled(wide.values(), scale, |unscaled| unscaled.to_i128());
        }
        // A scale below zero counts tens, hundreds …
        match cast(&self.values, &DataType::Decimal128(38, scale.max(0))) {
            Ok(wide) => self.unscaled(wide.as_primitive::<Decimal128Type>().values(), scale, |it| Some(*it)),
            Err(_) => self.beyond(0),
        }
    }

    fn unscaled<T: Sync>(
        &self,
        values: &[T],
        scale: i8,
        read: impl Fn(&T) -> Option<i128> + Sync,
    ) -> Result<(ScalarBuffer<i64>, u8)> {
        match each(values, |value| i64::try_from(read(value)?).ok()) {
            Ok(minor) => Ok((minor.into(), u8::try_from(scale).unwrap_or(0))),
            Err(row) => self.beyond(row),
        }
    }

    fn of_structs(&self, money: &StructArray, reading: Reading<'_>) -> Result<Amounts> {
        let part = |name: &str| {
            let values = money.column_by_name(name).cloned()?;
            let values = match values.data_type() {
                DataType::Utf8 | DataType::Utf8View | DataType::Dictionary(..) => {
                    cast(&values, &DataType::LargeUtf8).ok()?
                }
                _ => values,
            };
            Some(Column { name: format!("{}.{name}", self.name), values })
        };
        let (Some(amount), Some(currency)) = (part("amount"), part("currency")) else {
            return self.wrong_type("amounts of money");
        };
        self.present()?;
        if amount.values.as_struct_opt().is_some() {
            return amount.wrong_type("numbers");
        }
        amount.amounts(Reading { currency: Some(&currency), ..reading })
    }

    /// The one currency that all rows have.
    fn one_currency(&self) -> Result<Option<String>> {
        self.present()?;
        let texts = self.texts()?;
        let Some(first) = texts.iter().flatten().next() else { return Ok(None) };
        match texts.iter().position(|other| other != Some(first)) {
            None => Ok(Some(first.to_owned())),
            Some(row) => {
                let what = format!("an amount in `{}` after amounts in `{first}`", texts.value(row));
                self.at(row, "column.currency", &what)
            }
        }
    }
}

impl Amounts {
    /// What one main unit is in the smallest.
    pub fn unit(&self) -> f64 {
        10f64.powi(i32::from(self.decimals))
    }
}
