//! What stored history says of customers and open deals: `insight FILE`, such as one that `sales_year --store FILE` left.

use crm_core::domain::model::Purpose;
use crm_core::engine::insight::{ChurnQuery, ForecastQuery, RfmQuery, Segments, TrainingQuery};
use crm_core::prelude::*;
use crm_store_redb::RedbStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("insight FILE")?;
    let crm = Crm::open(RedbStore::open(path)?, Host::system())?;
    // A clerk's figures are made of what the clerk sees; of the past, `.as_of(instant)`, of what was known then.
    let session = crm.system();

    let rfm = session.rfm(&RfmQuery { segments: Segments::EightCells, ..RfmQuery::default() })?;
    for cell in &rfm.segments {
        println!("{}: {} customers, {}", cell.segment.zh, cell.customers, cell.money);
    }
    for lost in session.churn_risks(&ChurnQuery::default())?.customers.iter().take(5) {
        println!("{}: {:.0} % {:?}, {} at stake", lost.name, lost.risk * 100.0, lost.reasons, lost.at_stake);
    }
    let forecast = session.forecast(&ForecastQuery::default())?;
    println!("by {}: between {} and {}", forecast.until, forecast.all.low, forecast.all.high);

    // A model learns from how things ended, says what it is worth, and is a record with versions.
    let trained = session.train_model(&TrainingQuery::new(Purpose::Lead))?;
    println!("{:?}: {:?}", trained.model.report.verdict, trained.model.report.metrics);
    let model = session.execute(trained.save_as("线索评分"))?;
    for lead in session.score_with(model, None, 5)?.iter().take(5) {
        println!("{}: {:.0} %", session.title(lead.record), lead.probability * 100.0);
    }
    Ok(())
}
