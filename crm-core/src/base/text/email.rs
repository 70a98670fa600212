//! E-mail addresses: one form for matching, the domain, and a mask.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// The longest address that mail systems take, in bytes (RFC 5321, 4.5.3.1.3 and erratum 1690).
const LONGEST: usize = 254;
/// The longest part before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Why a text is not an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// There is no `@`, or nothing before it.
    #[error("`{0}` is not an e-mail address: it needs a name, `@` and a domain")]
    Parts(String),
    /// The part before the `@` has a blank, a control or quoting character, or a dot at an end or after a dot.
    #[error("`{0}` is not an e-mail address: the part before `@` has characters that do not belong")]
    Local(String),
    /// What follows the `@` is not a domain name with at least two labels.
    #[error("`{0}` is not an e-mail address: what follows `@` is not a domain name")]
    Domain(String),
    /// It is longer than mail systems take.
    #[error("`{0}` is too long for an e-mail address")]
    TooLong(String),
}

/// The address for matching: trimmed, NFKC, lower case, the domain in its ASCII (IDNA) form.
///
/// Tags after `+` and dots stay: they mean different boxes at most providers. Quoted names and bare addresses of
/// machines (`user@[10.0.0.1]`) are refused.
///
/// ```
/// use crm_core::base::text::email::normalise;
/// assert_eq!(normalise(" Zhang.San＠例子.中国 ").unwrap(), "zhang.san@xn--fsqu00a.xn--fiqs8s");
/// ```
///
/// # Errors
/// When the text is not an address, by part.
pub fn normalise(raw: &str) -> Result<String, EmailError> {
    if raw.len() > 4 * LONGEST {
        return Err(EmailError::TooLong(raw.chars().take(LONGEST).collect()));
    }
    let folded = lower_nfkc(&lower_nfkc(raw.trim()));
    let address = folded.trim();
    let (local, domain) = address.rsplit_once('@').ok_or_else(|| EmailError::Parts(raw.to_owned()))?;
    if local.is_empty() {
        return Err(EmailError::Parts(raw.to_owned()));
    }
    if local.split('.').any(str::is_empty) || !local.chars().all(belongs) {
        return Err(EmailError::Local(raw.to_owned()));
    }
    let domain = ascii_domain(domain).ok_or_else(|| EmailError::Domain(raw.to_owned()))?;
    let address = format!("{local}@{domain}");
    if address.len() > LONGEST || local.len() > LONGEST_LOCAL {
        return Err(EmailError::TooLong(raw.to_owned()));
    }
    Ok(address)
}

/// The domain of an address, as it stands after the last `@`.
///
/// ```
/// use crm_core::base::text::email::domain;
/// assert_eq!(domain("a@example.com"), Some("example.com"));
/// assert_eq!(domain("nobody"), None);
/// ```
pub fn domain(email: &str) -> Option<&str> {
    email.rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
}

/// Whether anybody can have a box at this domain (`gmail.com`, `qq.com`), so that it says nothing of an employer.
pub fn is_public_provider(domain: &str) -> bool {
    static PROVIDERS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let lines =
            include_str!("../../../data/public_mail.txt").lines().filter(|line| !line.starts_with('#'));
        let mut all: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
        all.sort_unstable();
        all
    });
    let lower = domain.trim().to_ascii_lowercase();
    PROVIDERS.binary_search(&lower.as_str()).is_ok()
}

/// The address with all but the first character before the `@` hidden: `z***@example.com`. What is not an address is
/// hidden whole.
pub fn mask(raw: &str) -> String {
    match raw.trim().rsplit_once('@') {
        Some((local, domain)) if !domain.is_empty() => {
            // A name of one character would be shown whole.
            let first = local.chars().next().filter(|_| local.chars().nth(1).is_some());
            format!("{}***@{domain}", first.map(String::from).unwrap_or_default())
        }
        _ => "***".to_owned(),
    }
}

fn lower_nfkc(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// RFC 5322's `atext`, widened to letters and marks of all scripts (RFC 6531), and the dot.
fn belongs(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
    } else {
        !c.is_whitespace() && !c.is_control() && !super::is_invisible(c)
    }
}

fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii(domain).ok()? };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let (rest, top) = ascii.rsplit_once('.')?;
    let named = !top.bytes().all(|b| b.is_ascii_digit());
    (named && label(top) && rest.split('.').all(label)).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normalises() {
        let check = |raw: &str, expected: &str| {
            assert_eq!(normalise(raw).as_deref(), Ok(expected), "{raw}");
        };
        check("a@b.co", "a@b.co");
        check(" Sales@ACME.com\n", "sales@acme.com");
        check("Ｚｈａｎｇ＠ＱＱ．ｃｏｍ", "zhang@qq.com");
        check("first.last+tag@sub.example.co.uk", "first.last+tag@sub.example.co.uk");
        check("张三@例子.中国", "张三@xn--fsqu00a.xn--fiqs8s");
        check("info@Bücher.de", "info@xn--bcher-kva.de");
        check("o'neill_1@x-y.org", "o'neill_1@x-y.org");
        check("a@例子。公司", "a@xn--fsqu00a.xn--55qx5d");
    }

    #[test]
    fn refuses() {
        let check = |raw: &str, expected: fn(String) -> EmailError| {
            assert_eq!(normalise(raw), Err(expected(raw.to_owned())), "{raw}");
        };
        for raw in ["", "nobody", "@example.com", "张三"] {
            check(raw, EmailError::Parts);
        }
        for raw in [
            "a b@c.com",
            "a@b@c.com",
            ".a@c.com",
            "a.@c.com",
            "a..b@c.com",
            "\"a\"@c.com",
            "a,b@c.com",
            "<a@c.com",
        ] {
            check(raw, EmailError::Local);
        }
        for raw in [
            "a@",
            "a@localhost",
            "a@b..com",
            "a@-b.com",
            "a@b-.com",
            "a@10.0.0.1",
            "a@b c.com",
            "a@c.com>",
            "a@[1]",
        ] {
            check(raw, EmailError::Domain);
        }
        check(&format!("{}@c.com", "a".repeat(65)), EmailError::TooLong);
        check(&format!("a@{}com", "long-label.".repeat(23)), EmailError::TooLong);
        assert!(matches!(normalise(&"@".repeat(5_000)), Err(EmailError::TooLong(_))));
    }

    #[test]
    fn knows_public_providers() {
        for domain in [
            "gmail.com",
            "QQ.com",
            "163.com",
            "126.com",
            "outlook.com",
            "sina.com",
            "foxmail.com",
            "icloud.com",
        ] {
            assert!(is_public_provider(domain), "{domain}");
        }
        for domain in ["", "huawei.com", "acme.co.uk", "mail"] {
            assert!(!is_public_provider(domain), "{domain}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn masks() {
        for (raw, expected) in [
            ("zhang@example.com", "z***@example.com"), ("a@b.co", "***@b.co"), ("张三@b.co", "张***@b.co"), ("nobody", "***"),
            ("a@", "***"), ("", "***"), ("@x.com", "***@x.com"),
        ] {
            assert_eq!(mask(raw), expected, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn normalising_is_idempotent(raw in "[a-zA-ZäÄßİ中０-９@. +_-]{0,12}@[a-zA-Z中ü0-9.-]{1,8}\\.(com|CN|中国)") {
            if let Ok(address) = normalise(&raw) {
                prop_assert_eq!(normalise(&address), Ok(address.clone()));
                prop_assert!(domain(&address).unwrap().is_ascii());
            }
        }

        #[test]
        fn takes_any_text(raw in "\\PC*") {
            if let Ok(address) = normalise(&raw) {
                prop_assert_eq!(normalise(&address), Ok(address.clone()));
            }
            let _ = (domain(&raw), is_public_provider(&raw));
            prop_assert!(mask(&raw).contains("***"));
        }
    }
}
