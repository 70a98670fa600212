//! Closed lists of choices with stable codes and labels in English and Chinese.

/// One choice as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceName {
    /// The stored code.
    pub code: &'static str,
    /// The English label.
    pub en: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
}

/// A closed list of choices.
pub trait Choice: Copy + Eq + 'static {
    /// Every choice, in order.
    const ALL: &'static [Self];
    /// The codes and labels, in the same order.
    const NAMES: &'static [ChoiceName];
    /// The stored code.
    fn code(self) -> &'static str;
    /// The choice with a code, or an English or Chinese label.
    fn from_name(name: &str) -> Option<Self>;
    /// The Chinese label.
    fn zh(self) -> &'static str {
        let place = Self::ALL.iter().position(|choice| *choice == self);
        place.and_then(|place| Self::NAMES.get(place)).map_or("", |name| name.zh)
    }
}

/// Declares an enum as a closed list of choices: `Variant "code" "English" "中文"`.
#[macro_export]
macro_rules! choice {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $($(#[$vdoc:meta])* $variant:ident $code:literal $en:literal $zh:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        $vis enum $name {
            $($(#[$vdoc])* #[doc = concat!("`", $code, "`: ", $en, " (", $zh, ").")]
            #[serde(rename = $code)]
            $variant,)*
        }
        impl $crate::base::choice::Choice for $name {
            const ALL: &'static [Self] = &[$($name::$variant),*];
            const NAMES: &'static [$crate::base::choice::ChoiceName] =
                &[$($crate::base::choice::ChoiceName { code: $code, en: $en, zh: $zh }),*];
            fn code(self) -> &'static str {
                match self { $($name::$variant => $code),* }
            }
            fn from_name(name: &str) -> Option<Self> {
                Self::NAMES.iter().position(|choice| {
                    choice.code == name || choice.zh == name || choice.en.eq_ignore_ascii_case(name)
                }).and_then(|place| Self::ALL.get(place).copied())
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str($crate::base::choice::Choice::code(*self))
            }
        }
        impl From<$name> for $crate::base::Value {
            fn from(choice: $name) -> Self {
                $crate::base::Value::Text($crate::base::choice::Choice::code(choice).to_owned())
            }
        }
    };
}
