//! Products, price books and their prices.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::kind::{PriceBookId, ProductId};
use crate::base::{Currency, Money};
use crate::choice_fields;
use crate::record::spec::{IndexSpec, Part};

crate::choice! {
    /// What kind of thing is sold.
    pub enum ProductType {
        /// Things that are shipped.
        Goods "goods" "Goods" "实物",
        /// Work that is done.
        Service "service" "Service" "服务",
        /// Use for a time.
        Subscription "subscription" "Subscription" "订阅",
        /// Several products sold together.
        Bundle "bundle" "Bundle" "套餐",
    }
}

crate::choice! {
    /// How often a product is billed.
    pub enum Billing {
        /// Once.
        Once "once" "One-off" "一次性",
        /// Each year.
        Yearly "yearly" "Yearly" "按年",
        /// Each month.
        Monthly "monthly" "Monthly" "按月",
        /// By what is used.
        PerUse "per_use" "Per use" "按量",
    }
}
choice_fields!(ProductType, Billing);

row! {
    /// What sets a variant apart from its siblings: colour, size, voltage.
    pub struct VariantOption as Row {
        name: String = "Name" "规格名";
        value: String = "Value" "规格值";
    }
}

record! {
    /// What is sold.
    pub struct Product is Product {
        /// The code, unique whatever its case.
        10 code: String = "Code" "产品编码" [REQUIRED SEARCHED];
        /// The name.
        11 name: String = "Name" "产品名称" [REQUIRED SEARCHED];
        /// What kind of thing it is.
        12 ty: Option<ProductType> = "Type" "类型";
        /// Its place in the category tree, from the top down, between `/`.
        13 category: String = "Category" "类别";
        /// In what it is counted.
        14 unit: String = "Unit" "单位";
        /// How often it is billed.
        15 billing: Option<Billing> = "Billing" "计费方式";
        /// The price when no price book has one.
        16 price: Option<Money> = "Standard price" "标准价";
        /// The tax on it, in per cent.
        17 tax_percent: Option<Decimal> = "Tax %" "税率%";
        /// Whether it is sold at present; it is when this is empty.
        18 on_sale: Option<bool> = "On sale" "在售";
        /// What a buyer should know.
        19 description: String = "Description" "说明" [SEARCHED];
        /// The version.
        20 version: String = "Version" "版本";
        /// The product of which it is a variant.
        21 parent: Option<ProductId> = "Variant of" "主产品";
        /// What sets it apart from other variants.
        22 options: Vec<VariantOption> = "Options" "规格";
        /// Whether prices have the tax in them.
        23 tax_included: Option<bool> = "Tax included" "含税";
        /// Tags.
        24 tags: Vec<String> = "Tags" "标签";
        /// What one of it costs us.
        25 unit_cost: Option<Money> = "Unit cost" "单位成本";
    }
    spec {
        title: Product::name, invariant: Some(super::holds::product),
        indexes: &[
            IndexSpec::unique(1, "code", &[Part::folded(Product::code)]),
            IndexSpec::plain(2, "parent", &[Part::value(Product::parent)]),
        ],
    }
}

record! {
    /// A list of prices and for whom, where and when it holds; an empty condition holds for all.
    pub struct PriceBook is PriceBook {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED SEARCHED];
        /// The currency of all its prices.
        11 currency: Option<Currency> = "Currency" "币种" [REQUIRED];
        /// The customer level.
        12 customer_level: String = "Customer level" "客户级别";
        /// The region, from the top down, between `/`; it holds for what lies below too.
        13 region: String = "Region" "区域";
        /// The sales channel.
        14 channel: String = "Channel" "渠道";
        /// The first day.
        15 from: Option<NaiveDate> = "From" "生效日期";
        /// The last day.
        16 until: Option<NaiveDate> = "Until" "失效日期";
        /// Whether it is laid aside.
        17 disabled: Option<bool> = "Disabled" "停用";
        /// Which of two equally narrow books goes first: the higher.
        18 rank: Option<i64> = "Rank" "优先级";
    }
    spec {
        title: PriceBook::name, invariant: Some(super::holds::book),
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(PriceBook::name)])],
    }
}

record! {
    /// The price of a product in a book from a quantity on.
    pub struct Price is Price {
        /// The book.
        10 book: Option<PriceBookId> = "Price book" "价格表" [REQUIRED];
        /// The product.
        11 product: Option<ProductId> = "Product" "产品" [REQUIRED];
        /// The price of one unit, in the book's currency.
        12 price: Option<Money> = "Price" "价格" [REQUIRED];
        /// The least quantity; any when empty.
        13 from_quantity: Option<Decimal> = "From quantity" "起订量";
        /// The first day.
        14 from: Option<NaiveDate> = "From" "生效日期";
        /// The last day.
        15 until: Option<NaiveDate> = "Until" "失效日期";
    }
    spec {
        title: Price::price, invariant: Some(super::holds::price),
        indexes: &[
            IndexSpec::plain(1, "product", &[Part::value(Price::product)]),
            IndexSpec::plain(2, "book", &[Part::value(Price::book)]),
        ],
    }
}

/// The index of products by what they are variants of.
pub const PRODUCT_BY_PARENT: u8 = 2;
/// The index of products by code.
pub const PRODUCT_BY_CODE: u8 = 1;
/// The index of prices by product.
pub const PRICE_BY_PRODUCT: u8 = 1;
/// The index of prices by book.
pub const PRICE_BY_BOOK: u8 = 2;

impl Product {
    /// Whether it is sold at present.
    pub fn is_on_sale(&self) -> bool {
        self.on_sale != Some(false)
    }
}
