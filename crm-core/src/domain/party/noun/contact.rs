//! A contact, and its posts at customers.

use chrono::NaiveDate;

use super::choices::{ContactRole, Gender};
use crate::base::kind::{ContactId, CustomerId};
use crate::domain::party::holds;
use crate::record::contact_point::{Email, Phone};
use crate::record::spec::{IndexSpec, Part, Visibility};

record! {
    /// A person who stands in a role at one or more customers.
    ///
    /// A contact is seen by whoever sees one of the customers at which it has or had a post.
    pub struct Contact is Contact {
        /// The human code.
        10 code: String = "Code" "联系人编号";
        /// The name.
        11 name: String = "Name" "姓名" [REQUIRED SEARCHED PERSONAL];
        /// The gender.
        12 gender: Option<Gender> = "Gender" "性别" [PERSONAL];
        /// The birthday.
        13 birthday: Option<NaiveDate> = "Birthday" "生日" [PERSONAL];
        /// Mobile numbers.
        14 phones: Vec<Phone> = "Mobile" "手机" [PERSONAL];
        /// The number on the desk.
        15 landline: Option<Phone> = "Landline" "座机" [PERSONAL];
        /// E-mail addresses.
        16 emails: Vec<Email> = "E-mail" "邮箱" [PERSONAL];
        /// WeChat.
        17 wechat: String = "WeChat" "微信" [PERSONAL];
        /// Tags.
        18 tags: Vec<String> = "Tags" "标签";
        /// Whatever else is known.
        19 notes: String = "Notes" "备注" [SEARCHED];
        /// The customers at which it has or had a post.
        20 customers: Vec<CustomerId> = "Customers" "所属客户" [SYSTEM];
    }
    spec {
        title: Contact::name,
        visibility: Visibility::Under { parent: Contact::customers },
        invariant: Some(holds::contact),
        indexes: &[
            IndexSpec::unique(CONTACT_BY_CODE, "code", &[Part::folded(Contact::code)]),
            IndexSpec::plain(CONTACT_BY_NAME, "name", &[Part::folded(Contact::name)]),
            IndexSpec::plain(CONTACT_BY_PHONE, "phone", &[Part::normal(Contact::phones)]),
            IndexSpec::plain(CONTACT_BY_EMAIL, "email", &[Part::normal(Contact::emails)]),
            IndexSpec::plain(CONTACT_BY_LANDLINE, "landline", &[Part::normal(Contact::landline)]),
            IndexSpec::plain(CONTACT_BY_WECHAT, "wechat", &[Part::folded(Contact::wechat)]),
        ],
    }
}

/// The unique index of contacts by code.
pub const CONTACT_BY_CODE: u8 = 1;
/// The index of contacts by name.
pub const CONTACT_BY_NAME: u8 = 2;
/// The index of contacts by mobile number.
pub const CONTACT_BY_PHONE: u8 = 3;
/// The index of contacts by e-mail address.
pub const CONTACT_BY_EMAIL: u8 = 4;
/// The index of contacts by landline.
pub const CONTACT_BY_LANDLINE: u8 = 5;
/// The index of contacts by WeChat name.
pub const CONTACT_BY_WECHAT: u8 = 6;

record! {
    /// A contact's post at a customer.
    pub struct ContactLink is ContactLink {
        /// The contact.
        10 contact: Option<ContactId> = "Contact" "联系人" [REQUIRED];
        /// The customer.
        11 customer: Option<CustomerId> = "Customer" "客户" [REQUIRED];
        /// The position.
        12 title: String = "Title" "职务";
        /// The part it plays in what the customer buys.
        13 role: Option<ContactRole> = "Role" "角色";
        /// Whether it is the customer's first address. One post in force of each customer is.
        14 primary: Option<bool> = "Primary" "首要联系人";
        /// The first day; always when none.
        15 since: Option<NaiveDate> = "Since" "起始日期";
        /// The day on which it is no longer in force; for ever when none.
        16 until: Option<NaiveDate> = "Until" "结束日期";
    }
    spec {
        title: ContactLink::title,
        visibility: Visibility::Under { parent: ContactLink::customer },
        invariant: Some(holds::contact_link),
        indexes: &[
            IndexSpec::plain(LINK_BY_CUSTOMER, "customer", &[Part::value(ContactLink::customer)]),
            IndexSpec::plain(LINK_BY_CONTACT, "contact", &[Part::value(ContactLink::contact)]),
        ],
    }
}

/// The index of posts by customer.
pub const LINK_BY_CUSTOMER: u8 = 1;
/// The index of posts by contact.
pub const LINK_BY_CONTACT: u8 = 2;

impl ContactLink {
    /// Whether the post is in force on a day.
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        super::in_force(self.since, self.until, on)
    }
}
