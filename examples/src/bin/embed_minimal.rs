//! The fewest lines that embed the engine: open a store, capture a lead, convert it, read it back.

use crm_core::prelude::*;
use crm_store_redb::RedbStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or("crm.redb".into());
    let crm = Crm::open(RedbStore::open(path)?, Host::system())?;
    let session = crm.system();

    let lead = LeadDraft {
        name: "夏铁军".into(),
        company: "温州筠野光电有限公司".into(),
        phones: vec!["180 0000 9549".into()],
        product_interest: vec!["MES".into()],
        ..LeadDraft::default()
    };
    let captured = session.execute(CaptureLead { lead, ..CaptureLead::default() })?;
    if let Some(known) = captured.duplicates.first() {
        println!("{} is known already", session.title(known.record));
        return Ok(());
    }

    let lead = captured.lead.ok_or("the lead went elsewhere")?;
    let converted = session.execute(ConvertLead::new(lead))?;

    let customer = session.customer_view(converted.customer.ok_or("no customer")?)?;
    for deal in &customer.opportunities {
        println!("{}: {} [{}]", customer.customer.name, deal.name, deal.state);
    }
    Ok(())
}
