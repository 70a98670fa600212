//! Telephone numbers and e-mail addresses in a record: as entered, with the normal form beside.

use super::error::Invalid;
use crate::base::settings::Settings;
use crate::base::text;

crate::row! {
    /// A telephone number.
    pub struct Phone as Phone {
        /// As it was entered.
        raw: String = "As entered" "原文";
        /// In E.164 form: `+8613800000000`; none for a number that has no such form, as `10086`.
        normal: Option<String> = "Normal form" "标准格式";
    }
}

crate::row! {
    /// An e-mail address.
    pub struct Email as Email {
        /// As it was entered.
        raw: String = "As entered" "原文";
        /// Folded, its domain in ASCII; none for what isn't an address.
        normal: Option<String> = "Normal form" "标准格式";
    }
}

impl Phone {
    /// A number as entered, with its normal form if it has one. Numbers without a country code belong to the
    /// tenant's region.
    ///
    /// ```
    /// use crm_core::base::settings::Settings;
    /// use crm_core::record::contact_point::Phone;
    /// let phone = Phone::new("138 0000 0000", &Settings::default());
    /// assert_eq!(phone.normal.as_deref(), Some("+8613800000000"));
    /// ```
    pub fn new(raw: &str, settings: &Settings) -> Phone {
        Phone { raw: raw.trim().to_owned(), normal: text::phone::e164(raw, &settings.region) }
    }

    /// A number as entered, which must have a normal form.
    ///
    /// # Errors
    /// `value.phone` for a number that can't be dialled from abroad, under the field's name.
    pub fn checked(raw: &str, field: &str, settings: &Settings) -> Result<Phone, Invalid> {
        let phone = Phone::new(raw, settings);
        match phone.normal {
            Some(_) => Ok(phone),
            None => Err(Invalid::new(field, "value.phone", format!("`{raw}` is not a telephone number"))),
        }
    }
}

impl Email {
    /// An address as entered, with its normal form if it is one.
    pub fn new(raw: &str) -> Email {
        Email { raw: raw.trim().to_owned(), normal: text::email::normalise(raw).ok() }
    }

    /// An address as entered, which must be one.
    ///
    /// # Errors
    /// `value.email` for what isn't an address, under the field's name.
    pub fn checked(raw: &str, field: &str) -> Result<Email, Invalid> {
        match text::email::normalise(raw) {
            Ok(normal) => Ok(Email { raw: raw.trim().to_owned(), normal: Some(normal) }),
            Err(error) => Err(Invalid::new(field, "value.email", error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_keep_what_was_entered() {
        let settings = Settings::default();
        for (raw, normal) in [
            (" 0755-2677 0000 ", Some("+8675526770000")),
            ("＋８６ 138 0000 0000", Some("+8613800000000")),
            ("10086", None),
            ("请加微信", None),
        ] {
            let phone = Phone::new(raw, &settings);
            assert_eq!((phone.raw.as_str(), phone.normal.as_deref()), (raw.trim(), normal));
            assert_eq!(Phone::checked(raw, "phones", &settings).ok(), normal.map(|_| phone), "{raw}");
        }
        for (raw, normal) in
            [("Li.Wei＠Example.CN ", Some("li.wei@example.cn")), ("li.wei", None), ("a@b@c", None)]
        {
            let email = Email::new(raw);
            assert_eq!((email.raw.as_str(), email.normal.as_deref()), (raw.trim(), normal));
            let error = Email::checked(raw, "emails").err().map(|error| error.code);
            assert_eq!(error.as_deref(), if normal.is_some() { None } else { Some("value.email") }, "{raw}");
        }
    }
}
