//! The unified social credit code of Chinese organisations (GB 32100-2015): 18 signs, the last a check digit.

/// The 31 signs of the code in the order of their values; I, O, S, V and Z are not used.
const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Why a text is not a unified social credit code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// It does not have 18 signs.
    #[error("`{0}` does not have the 18 signs of a unified social credit code")]
    Length(String),
    /// A sign is neither a digit nor one of the letters in use.
    #[error("`{sign}` in `{code}` is not a sign of a unified social credit code")]
    Sign {
        /// The code as given.
        code: String,
        /// The sign that does not belong.
        sign: char,
    },
    /// The last sign does not follow from the others: there is a slip of the pen.
    #[error("`{0}` ends in the wrong check digit")]
    CheckDigit(String),
}

/// The code in its written form: half-width, upper case, without blanks.
///
/// # Errors
/// When it is not a unified social credit code.
pub fn normalise(raw: &str) -> Result<String, CreditCodeError> {
    let code = super::fold(raw).replace(' ', "").to_ascii_uppercase();
    let mut values = Vec::with_capacity(18);
    for sign in code.chars() {
        let value = SIGNS.iter().position(|&s| char::from(s) == sign);
        values.push(value.ok_or_else(|| CreditCodeError::Sign { code: raw.to_owned(), sign })?);
    }
    let Some((&digit, body)) = values.split_last().filter(|(_, body)| body.len() == 17) else {
        return Err(CreditCodeError::Length(raw.to_owned()));
    };
    // The weight of the i-th sign is 3^i modulo 31.
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    if (31 - sum % 31) % 31 == digit { Ok(code) } else { Err(CreditCodeError::CheckDigit(raw.to_owned())) }
}

/// Checks a unified social credit code with its check digit; width, case and blanks do not matter.
///
/// ```
/// use crm_core::base::text::credit_code::check;
/// assert!(check("91350100M000100Y43").is_ok());
/// assert!(check("91350100M000100Y4A").is_err());
/// ```
///
/// # Errors
/// When the length, a sign or the check digit is wrong.
pub fn check(code: &str) -> Result<(), CreditCodeError> {
    normalise(code).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn checks_codes() {
        let good = "91350100M000100Y43";
        for text in
            [good, " 91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", "9135 0100 M000 100Y 43"]
        {
            assert_eq!(normalise(text).as_deref(), Ok(good), "{text}");
        }
        // Codes with a digit and with a letter as check digit.
        for text in ["914403001922038216", "9144030071526726XG"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        let length = |text: &str| Err(CreditCodeError::Length(text.to_owned()));
        assert_eq!(check(""), length(""));
        assert_eq!(check("91350100M000100Y4"), length("91350100M000100Y4"));
        assert_eq!(check("91350100M000100Y430"), length("91350100M000100Y430"));
        let digit = "91350100M000100Y4A".to_owned();
        assert_eq!(check(&digit), Err(CreditCodeError::CheckDigit(digit)));
        let letter = "91350100I000100Y43".to_owned();
        assert_eq!(check(&letter), Err(CreditCodeError::Sign { code: letter, sign: 'I' }));
    }

    proptest! {
        #[test]
        fn one_wrong_sign_is_always_seen(at in 0usize..18, to in 0usize..31) {
            let good = b"91350100M000100Y43";
            let mut bytes = *good;
            bytes[at] = SIGNS[to];
            let code = String::from_utf8(bytes.to_vec()).unwrap();
            prop_assert_eq!(check(&code).is_ok(), &bytes == good);
        }

        #[test]
        fn takes_any_text(text in "\\PC{0,24}") {
            if let Ok(code) = normalise(&text) {
                prop_assert_eq!(code.len(), 18);
                prop_assert_eq!(normalise(&code), Ok(code.clone()));
            }
        }
    }
}
