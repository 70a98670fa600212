use super::*;

fn cny(amount: &str) -> Money {
    format!("{amount} CNY").parse().unwrap()
}

fn check(cell: Cell, shown: &str) {
    assert_eq!(cell.shown, shown);
}

#[test]
fn numbers_are_grouped_by_thousands() {
    for (number, shown) in
        [(0, "0"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (10_005_534, "10,005,534")]
    {
        check(count(number), shown);
    }
    check(money(cny("1234567.5")), "¥1,234,568");
    check(money(cny("-1234.4")), "-¥1,234");
    check(money(cny("-0.4")), "¥0");
    check(money("980000 USD".parse().unwrap()), "$980,000");
    check(money("7.5 GBP".parse().unwrap()), "GBP 8");
    check(price(cny("1234.5")), "¥1,234.50");
    check(price(cny("0.005")), "¥0.01");
    check(price("1200 JPY".parse().unwrap()), "JPY 1,200");
}

#[test]
fn shares_and_spans_have_one_decimal() {
    check(percent(0.631_501), "63.2%");
    check(percent(1.0), "100.0%");
    check(percent(f64::NAN), "–");
    check(percent(0.0 / 1.0), "0.0%");
    check(days(Span::from_hours(36)), "1.5 d");
    check(days(Span::from_days(-2)), "-2.0 d");
}

#[test]
fn a_bar_is_as_long_as_its_share_and_never_longer() {
    for (value, greatest, blocks) in [
        (0.0, 10.0, 0),
        (0.01, 10.0, 1),
        (5.0, 10.0, 12),
        (10.0, 10.0, 24),
        (20.0, 10.0, 24),
        (-3.0, 10.0, 0),
        (3.0, 0.0, 0),
        (f64::NAN, 10.0, 0),
    ] {
        check(bar(value, greatest), &"▇".repeat(blocks));
    }
}

#[test]
fn long_words_are_cut_at_their_width_on_the_screen() {
    for (words, columns, shown) in [
        ("short", 5, "short"),
        ("shorter", 5, "shor…"),
        ("two\n  lines", 20, "two lines"),
        ("宁波砺舟数控设备", 16, "宁波砺舟数控设备"),
        ("宁波砺舟数控设备", 15, "宁波砺舟数控设…"),
        ("宁波砺舟数控设备", 14, "宁波砺舟数控…"),
        ("a b", 2, "a…"),
        ("anything", 0, "…"),
    ] {
        check(clipped(words, columns), shown);
    }
}

#[test]
fn a_table_is_framed_and_its_columns_line_up() {
    let table = Table::new("Funnel 漏斗", ["stage", "deals", "amount", ""])
        .rows([("寻找客户", 1_240, "98000000"), ("Won 成交", 51, "4100")], |(stage, deals, amount)| {
            [text(stage), count(deals), money(cny(amount)), bar(deals as f64, 1_240.0 * 4.0)]
        })
        .total([text("all"), count(1_291), money(cny("98004100"))]);
    assert_eq!(
        table.to_string(),
        "\
■ Funnel 漏斗
┌──────────┬───────┬─────────────┬────────┐
│ stage    ┆ deals ┆      amount ┆        │
╞══════════╪═══════╪═════════════╪════════╡
│ 寻找客户 ┆ 1,240 ┆ ¥98,000,000 ┆ ▇▇▇▇▇▇ │
│ Won 成交 ┆    51 ┆      ¥4,100 ┆ ▇      │
├──────────┼───────┼─────────────┼────────┤
│ all      ┆ 1,291 ┆ ¥98,004,100 ┆        │
└──────────┴───────┴─────────────┴────────┘
"
    );
}

#[test]
fn a_table_without_rows_shows_its_headings() {
    let empty = Table::new("Nothing", ["a", "b"]);
    let framed = "■ Nothing\n┌───┬───┐\n│ a ┆ b │\n╞═══╪═══╡\n└───┴───┘\n";
    assert_eq!(empty.to_string(), framed);
    assert!(empty.total([text("all"), none()]).to_string().contains("│ all ┆ – │"));
}
